import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { getSampleOptions, markSamplesMutation } from '@/api/@tanstack/react-query.gen';
import type { MarksIn, PoolMapOut } from '@/api/types.gen';
import { ConfirmButton } from '@/components/ConfirmButton';
import { May } from '@/components/May';
import { Panel } from '@/components/Panel';
import { SampleLink } from '@/components/SampleLink';
import { useProjectAction } from '@/hooks/use-project-action';
import { downloadCsv, toCsv } from '@/lib/csv';
import { formatMoney } from '@/lib/money';
import { formatCount, plural } from '@/lib/numbers';
import classes from './PoolMap.module.css';
import { GOLD, NONE, type Points } from './points';

/** So many are handed to Inspect at once, and shown as pictures here. */
const MOST_INSPECTED = 32;
const SHOWN = 12;

interface SelectionProps {
  projectId: number;
  currency: string;
  /** What an answer is expected to cost. */
  price: string;
  points: Points;
  legend: PoolMapOut;
  rows: number[];
  onClear: () => void;
}

/** What was chosen on the map, and what can be done with it. */
export function Selection({ projectId, currency, price, points, legend, rows, onClear }: SelectionProps) {
  const ids = rows.map((row) => points.id[row] ?? 0);
  // Gold is asked about by chance alone.
  const free = rows.filter((row) => !((points.state[row] ?? 0) & GOLD)).map((row) => points.id[row] ?? 0);
  const { onSuccess, onError } = useProjectAction();
  const mark = useMutation({ ...markSamplesMutation(), onSuccess, onError });
  const send = (kind: MarksIn['mark']) =>
    mark.mutate({ path: { project_id: projectId }, body: { samples: free, mark: kind } });
  if (rows.length === 0) {
    return (
      <Panel title="Nothing is selected">
        <Text size="sm" c="dimmed">
          Draw a lasso around points, or press a line of the legend. Then look at them, have them asked about
          first, or exclude them.
        </Text>
      </Panel>
    );
  }
  return (
    <Panel
      title={`${plural(rows.length, 'sample')} selected`}
      actions={
        <Button variant="subtle" size="compact-xs" onClick={onClear}>
          Clear
        </Button>
      }
    >
      <Stack gap="xs" data-testid="selection">
        <Text size="sm">{composition(points, legend, rows)}</Text>
        <Thumbnails projectId={projectId} ids={ids.slice(0, SHOWN)} />
        <Group gap="xs">
          <Link
            to="/projects/$projectId/inspect"
            params={{ projectId }}
            search={{ samples: ids.slice(0, MOST_INSPECTED).join(',') }}
          >
            Inspect {rows.length > MOST_INSPECTED ? `the first ${MOST_INSPECTED}` : ''}
          </Link>
          <Button
            variant="default"
            size="compact-xs"
            onClick={() => downloadCsv('selection.csv', csv(points, legend, rows))}
          >
            CSV
          </Button>
        </Group>
        <May projectId={projectId} to="run_loop">
          <Group gap="xs">
            <ConfirmButton
              label="Label first"
              does={`Ask about ${formatCount(free.length)}`}
              loading={mark.isPending}
              onConfirm={() => send('first')}
            >
              The next rounds ask about {plural(free.length, 'sample')} before all else, for about{' '}
              {formatMoney(Number(price) * free.length, currency)} in all, as far as the budget goes. Nothing
              is reserved before a round is filled. “As before” takes it back.
            </ConfirmButton>
            <ConfirmButton
              label="Exclude"
              does={`Exclude ${formatCount(free.length)}`}
              loading={mark.isPending}
              onConfirm={() => send('exclude')}
            >
              {plural(free.length, 'sample')} will not be asked about. What is labeled keeps its label. “As
              before” takes it back.
            </ConfirmButton>
            <Button variant="default" loading={mark.isPending} onClick={() => send('clear')}>
              As before
            </Button>
          </Group>
        </May>
        {free.length < rows.length && (
          <Text size="xs" c="dimmed">
            {plural(rows.length - free.length, 'gold sample')} among them: gold is asked about by chance
            alone, and not marked.
          </Text>
        )}
      </Stack>
    </Panel>
  );
}

function Thumbnails({ projectId, ids }: { projectId: number; ids: number[] }) {
  const samples = useQueries({
    queries: ids.map((id) => getSampleOptions({ path: { project_id: projectId, sample_id: id } })),
  });
  return (
    <div className={classes.thumbs}>
      {samples.map(
        ({ data }) =>
          data && (
            <SampleLink key={data.id} id={data.id}>
              <img src={data.picture_url} alt={data.name} loading="lazy" />
            </SampleLink>
          ),
      )}
    </div>
  );
}

/** “12 good, 3 without a label”. */
function composition({ label }: Points, { classes: names }: PoolMapOut, rows: number[]): string {
  const found = new Map<string, number>();
  for (const row of rows) {
    const place = label[row] ?? NONE;
    const name = place === NONE ? 'without a label' : (names[place] ?? '');
    found.set(name, (found.get(name) ?? 0) + 1);
  }
  return [...found]
    .sort(([, one], [, other]) => other - one)
    .map(([name, count]) => `${formatCount(count)} ${name}`)
    .join(', ');
}

function csv(points: Points, { classes: names }: PoolMapOut, rows: number[]): string {
  const name = (place: number | undefined) =>
    place === undefined || place === NONE ? null : (names[place] ?? null);
  return toCsv(
    ['sample', 'label', 'predicted', 'uncertainty'],
    rows.map((row) => {
      const unsure = points.uncertainty[row] ?? Number.NaN;
      return [
        points.id[row] ?? null,
        name(points.label[row]),
        name(points.predicted[row]),
        Number.isNaN(unsure) ? null : unsure,
      ];
    }),
  );
}
