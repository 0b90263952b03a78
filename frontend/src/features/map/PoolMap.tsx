import { Button, Group, SegmentedControl, Select, Stack, Text, useComputedColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { getSampleOptions } from '@/api/@tanstack/react-query.gen';
import type { PoolMapOut } from '@/api/types.gen';
import { paletteOf } from '@/charts/palette';
import { Panel } from '@/components/Panel';
import { SampleLink } from '@/components/SampleLink';
import { Skeletons } from '@/components/Skeletons';
import { formatCount, formatShare } from '@/lib/numbers';
import classes from './PoolMap.module.css';
import { COLOURING_NAMES, COLOURINGS, type Colouring, coloured, counts, type Points, rowsOf } from './points';
import { Selection } from './Selection';

const Scatter = lazy(() => import('./Scatter'));
const HOVER_MS = 120;

interface PoolMapProps {
  projectId: number;
  currency: string;
  price: string;
  legend: PoolMapOut;
  points: Points;
}

/** The pool in the plane: coloured, looked at, and chosen from with a lasso or by the legend. */
export function PoolMap({ projectId, currency, price, legend, points }: PoolMapProps) {
  const [by, setBy] = useState<Colouring>('label');
  const [mode, setMode] = useState<'pan' | 'lasso'>('lasso');
  const [selected, setSelected] = useState<number[]>([]);
  const [hovered, setHovered] = useState<number | null>(null);
  const [failed, setFailed] = useState(false);
  const { ink, surface } = paletteOf(useComputedColorScheme('light'));
  const shown = useMemo(() => coloured(points, by, legend), [points, by, legend]);
  const found = useMemo(() => counts(shown), [shown]);
  return (
    <div className={classes.columns}>
      <Panel
        title={`${formatCount(points.size)} samples, those that the model takes for alike close together`}
        actions={
          <Group gap="xs">
            <SegmentedControl
              size="xs"
              aria-label="What dragging does"
              value={mode}
              onChange={(value) => setMode(value as 'pan' | 'lasso')}
              data={[
                { value: 'lasso', label: 'Lasso' },
                { value: 'pan', label: 'Move' },
              ]}
            />
            <Select
              size="xs"
              w={130}
              aria-label="Coloured by"
              value={by}
              allowDeselect={false}
              onChange={(value) => value && setBy(value as Colouring)}
              data={COLOURINGS.map((one) => ({ value: one, label: COLOURING_NAMES[one] }))}
            />
          </Group>
        }
      >
        <div className={classes.canvas}>
          {failed ? (
            <Text size="sm" p="md">
              This browser draws no WebGL, which the map needs. Samples can be chosen by the legend all the
              same.
            </Text>
          ) : (
            <Suspense fallback={<Skeletons heights={[480]} />}>
              <Scatter
                points={points}
                coloured={shown}
                selected={selected}
                mode={mode}
                ink={ink}
                background={surface}
                onSelect={setSelected}
                onHover={setHovered}
                onFail={() => setFailed(true)}
              />
            </Suspense>
          )}
          {hovered !== null && <Hovered projectId={projectId} id={points.id[hovered] ?? 0} />}
        </div>
        <Text size="xs" c="dimmed" mt={4}>
          Drag a lasso, or hold shift while moving; scroll to zoom.
          {legend.kept !== null &&
            ` ${formatShare(legend.kept)} trustworthy: so far are neighbours here neighbours for the model, too; distances between groups say little.`}
        </Text>
      </Panel>
      <Stack gap="sm">
        <Panel title={COLOURING_NAMES[by]}>
          <ul className={classes.legend}>
            {shown.names.map(
              (name, place) =>
                (found[place] ?? 0) > 0 && (
                  <li key={name}>
                    <span className={classes.dot} style={{ background: shown.colours[place] }} aria-hidden />
                    <Button
                      variant="subtle"
                      size="compact-xs"
                      justify="space-between"
                      fullWidth
                      rightSection={formatCount(found[place] ?? 0)}
                      aria-label={`Select all of ${name}`}
                      onClick={() => setSelected(rowsOf(shown, place))}
                    >
                      {name}
                    </Button>
                  </li>
                ),
            )}
          </ul>
        </Panel>
        <Selection
          projectId={projectId}
          currency={currency}
          price={price}
          points={points}
          legend={legend}
          rows={selected}
          onClear={() => setSelected([])}
        />
      </Stack>
    </div>
  );
}

/** The sample under the pointer, once that rests. */
function Hovered({ projectId, id }: { projectId: number; id: number }) {
  const [rested, setRested] = useState(0);
  useEffect(() => {
    const timer = setTimeout(() => setRested(id), HOVER_MS);
    return () => clearTimeout(timer);
  }, [id]);
  const sample = useQuery({
    ...getSampleOptions({ path: { project_id: projectId, sample_id: rested } }),
    enabled: rested === id && id > 0,
  });
  if (!sample.data || rested !== id) return null;
  return (
    <div className={classes.hovered}>
      <img src={sample.data.picture_url} alt="" />
      <SampleLink id={id}>{sample.data.name}</SampleLink>
    </div>
  );
}
