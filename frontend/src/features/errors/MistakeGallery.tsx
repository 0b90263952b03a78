import { Anchor, Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import type { LabelClassOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { EmptyState } from '@/components/EmptyState';
import { HeatPicture } from '@/components/HeatPicture';
import { Panel } from '@/components/Panel';
import { formatMoneyShort } from '@/lib/money';
import { formatCount, formatShare, plural } from '@/lib/numbers';
import classes from './MistakeGallery.module.css';
import { type Cell, countOf, type JudgedSample, type JudgedSet, type Matrix, mistakesOf } from './report';

const PAGE = 14;

interface MistakeGalleryProps {
  set: JudgedSet;
  matrix: Matrix;
  samples: JudgedSample[];
  cell: Cell | undefined;
  cluster: number | undefined;
  currency: string;
  classes: Pick<LabelClassOut, 'name' | 'color'>[];
  onOpen: (sampleId: number) => void;
  onAll: () => void;
}

/** The samples of what was chosen, those first that were dear and that the version was sure of. */
export function MistakeGallery(props: MistakeGalleryProps) {
  const { set, matrix, samples, cell, cluster, onOpen, onAll } = props;
  const [most, setMost] = useState(PAGE);
  const chosen = cell !== undefined || cluster !== undefined;
  const hidden = hiddenOf(props);
  return (
    <Panel
      title={titleOf(props)}
      actions={
        chosen && (
          <Button size="xs" variant="default" onClick={onAll}>
            All mistakes
          </Button>
        )
      }
    >
      {samples.length === 0 ? (
        <EmptyState title={chosen ? 'No sample of this kind' : 'It made no mistake here'}>
          {mistakesOf(matrix).count > 0
            ? 'Choose another cell of the matrix.'
            : `All ${formatCount(set.size)} samples were called what they are.`}
        </EmptyState>
      ) : (
        <ul className={classes.gallery}>
          {samples.slice(0, most).map((one) => (
            <li key={one.sample_id}>
              <MistakeCard {...props} one={one} onOpen={() => onOpen(one.sample_id)} />
            </li>
          ))}
        </ul>
      )}
      <Group gap="sm" mt="xs">
        {samples.length > most && (
          <Button size="xs" variant="default" onClick={() => setMost(most + PAGE)}>
            Show {Math.min(PAGE, samples.length - most)} more of {formatCount(samples.length)}
          </Button>
        )}
        {hidden > 0 && (
          <Text size="xs" c="dimmed">
            {formatCount(hidden)} more are not listed:{' '}
            {cell && cell[0] === cell[1]
              ? 'of what was right only the least sure is.'
              : 'they cost less, or it was less sure of them.'}
          </Text>
        )}
      </Group>
    </Panel>
  );
}

function titleOf({ matrix, samples, cell, cluster }: MistakeGalleryProps): string {
  if (cluster !== undefined)
    return `Cluster ${cluster + 1}: ${plural(samples.length, 'mistake')} that are alike`;
  if (!cell) return `All ${plural(mistakesOf(matrix).count, 'mistake')}, the dearest and surest first`;
  const [label, called] = cell;
  const count = plural(countOf(matrix, cell), 'sample');
  return label === called
    ? `${count} of ${matrix.names[label]} called so, the least sure first`
    : `${count} of ${matrix.names[label]} called ${matrix.names[called]}, the dearest and surest first`;
}

function hiddenOf({ matrix, samples, cell, cluster, set }: MistakeGalleryProps): number {
  if (cluster !== undefined) return Math.max((set.clusters[cluster]?.size ?? 0) - samples.length, 0);
  const all = cell ? countOf(matrix, cell) : mistakesOf(matrix).count;
  return Math.max(all - samples.length, 0);
}

interface MistakeCardProps extends Pick<MistakeGalleryProps, 'classes' | 'currency'> {
  one: JudgedSample;
  onOpen: () => void;
}

function MistakeCard({ one, classes: known, currency, onOpen }: MistakeCardProps) {
  const [label, called] = [known[one.label], known[one.predicted]];
  return (
    <article className={classes.card} data-testid="mistake">
      <button type="button" className={classes.open} aria-label={`Open ${one.name}`} onClick={onOpen}>
        <HeatPicture
          fit="thumbnail"
          item={{
            ...one,
            sample_name: one.name,
            map_sentence: called ? `What speaks for ${called.name}.` : null,
          }}
        />
      </button>
      <div className={classes.line}>
        <Text size="xs" c="dimmed" component="span">
          is
        </Text>
        {label && <ClassName of={label} />}
        <span>{formatShare(one.of_label)}</span>
      </div>
      <div className={classes.line}>
        <Text size="xs" c="dimmed" component="span">
          called
        </Text>
        {called && <ClassName of={called} />}
        <span>{formatShare(one.probability)}</span>
      </div>
      <div className={classes.line}>
        <Anchor component="button" type="button" size="xs" onClick={onOpen} truncate>
          {one.name}
        </Anchor>
        <span />
        <span className={classes.cost}>{formatMoneyShort(one.cost, currency)}</span>
      </div>
    </article>
  );
}
