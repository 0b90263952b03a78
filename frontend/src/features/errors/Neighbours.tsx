import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listNearestOptions } from '@/api/@tanstack/react-query.gen';
import type { LabelClassOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { ErrorNotice } from '@/components/ErrorNotice';
import { SampleLink } from '@/components/SampleLink';
import { Skeletons } from '@/components/Skeletons';
import { formatNumber } from '@/lib/numbers';
import classes from './Neighbours.module.css';
import type { JudgedSample } from './report';

interface NeighboursProps {
  projectId: number;
  number: number;
  sample: JudgedSample;
  classes: Pick<LabelClassOut, 'name' | 'color'>[];
}

interface Shown {
  id: number;
  name: string;
  picture: string;
  label: Pick<LabelClassOut, 'name' | 'color'> | undefined;
  distance: number;
}

/** What the version had learned from that is most like the sample: told by the report, else found now. */
export function Neighbours({ projectId, number, sample, classes: known }: NeighboursProps) {
  const nearest = useQuery({
    ...listNearestOptions({ path: { project_id: projectId, number, sample_id: sample.sample_id } }),
    enabled: sample.neighbours === null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const told = sample.neighbours?.map((one) => ({
    id: one.sample_id,
    name: one.name,
    picture: one.picture_url,
    label: known[one.label],
    distance: one.distance,
  }));
  const found = nearest.data?.map((one) => ({
    id: one.sample_id,
    name: one.sample_name,
    picture: one.picture_url,
    label: one.label,
    distance: one.distance,
  }));
  const shown: Shown[] | undefined = told ?? found;
  return (
    <section aria-label="What it had learned from that is most like this">
      <Text size="sm" fw={600} mb={4}>
        What it had learned from that is most like this
      </Text>
      {nearest.isError && <ErrorNotice error={nearest.error} onRetry={() => nearest.refetch()} />}
      {!shown && !nearest.isError && <Skeletons heights={[120]} />}
      {shown?.length === 0 && (
        <Text size="sm" c="dimmed">
          The labels that it has learned from are not kept.
        </Text>
      )}
      <ul className={classes.list}>
        {shown?.map((one) => (
          <li key={one.id} data-testid="neighbour">
            <SampleLink id={one.id}>
              <img src={one.picture} alt={one.name} className={classes.picture} loading="lazy" />
            </SampleLink>
            <div className={classes.line}>
              {one.label && <ClassName of={one.label} />}
              <span title="Distance of directions in the embedding: 0 is the same, 2 the opposite">
                {formatNumber(one.distance, 3)}
              </span>
            </div>
          </li>
        ))}
      </ul>
      {shown && shown.length > 0 && (
        <Text size="xs" c="dimmed">
          With the label that it learned, and the distance in the embedding (0 is the same direction).
        </Text>
      )}
    </section>
  );
}
