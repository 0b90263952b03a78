import { Text, UnstyledButton } from '@mantine/core';
import { Panel } from '@/components/Panel';
import { formatMoneyShort } from '@/lib/money';
import { plural } from '@/lib/numbers';
import classes from './Clusters.module.css';
import type { JudgedSet } from './report';

interface ClustersProps {
  set: JudgedSet;
  currency: string;
  chosen: number | undefined;
  onChoose: (place: number | undefined) => void;
}

/** Mistakes that are alike to the model, each kind by the one in its middle. */
export function Clusters({ set, currency, chosen, onChoose }: ClustersProps) {
  if (set.clusters.length === 0) return null;
  const pictures = new Map(set.samples.map((one) => [one.sample_id, one]));
  return (
    <Panel
      title={
        set.clusters.length === 1
          ? 'Its mistakes are of one kind, or too few to tell kinds apart'
          : `Its mistakes are of ${set.clusters.length} kinds`
      }
    >
      <ul className={classes.list}>
        {set.clusters.map((one, place) => {
          const middle = pictures.get(one.representative);
          return (
            <li key={one.representative}>
              <UnstyledButton
                className={classes.cluster}
                aria-pressed={chosen === place}
                onClick={() => onChoose(chosen === place ? undefined : place)}
                data-testid="cluster"
              >
                {middle && (
                  <img
                    src={middle.picture_url}
                    alt={`In the middle of cluster ${place + 1}: ${middle.name}`}
                    className={classes.picture}
                    loading="lazy"
                  />
                )}
                <span>
                  <Text size="sm" fw={600} component="span" display="block">
                    {plural(one.size, 'mistake')}, {formatMoneyShort(one.cost, currency)}
                  </Text>
                  <Text size="xs" component="span" display="block">
                    {one.sentence}
                  </Text>
                </span>
              </UnstyledButton>
            </li>
          );
        })}
      </ul>
      <Text size="xs" c="dimmed" mt="xs">
        k-means of directions in the embedding; the number of clusters is the one that tells them apart best
        (silhouette). Fewer than 8 mistakes are one cluster. The picture is the mistake closest to the middle.
      </Text>
    </Panel>
  );
}
