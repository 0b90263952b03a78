import { ActionIcon, Group, SegmentedControl, Tooltip, useComputedColorScheme } from '@mantine/core';
import { IconChartLine, IconDownload, IconTable } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { getCurveOptions } from '@/api/@tanstack/react-query.gen';
import type { CurveOut } from '@/api/types.gen';
import { Chart } from '@/charts/Chart';
import { paletteOf } from '@/charts/palette';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useFresh } from '@/hooks/use-fresh';
import { downloadCsv } from '@/lib/csv';
import { CurveTable } from './CurveTable';
import { curveAsText, curveCsv, curveRows, findingOf } from './curve';
import { curveOption } from './curve-chart';
import type { Metric } from './metric';

const HEIGHT = 172;

export interface CurveView {
  metric: Metric;
  table: boolean;
}

interface CurvePanelProps {
  projectId: number;
  currency: string;
  untilTraining: number | null;
  view: CurveView;
  onView: (view: CurveView) => void;
}

/** What the money spent on labels bought, with its uncertainty. */
export function CurvePanel({ projectId, currency, untilTraining, view, onView }: CurvePanelProps) {
  const curve = useQuery({ ...getCurveOptions({ path: { project_id: projectId } }), ...useFresh(projectId) });
  if (curve.isError && !curve.data)
    return <ErrorNotice error={curve.error} onRetry={() => curve.refetch()} />;
  if (!curve.data) return <Skeletons heights={[HEIGHT + 60]} />;
  if (curve.data.points.length === 0) return <NoCurve untilTraining={untilTraining} />;
  return (
    <Panel
      title={findingOf(curve.data, view.metric, currency)}
      actions={<CurveControls curve={curve.data} view={view} onView={onView} />}
    >
      {view.table ? (
        <CurveTable curve={curve.data} currency={currency} height={HEIGHT} />
      ) : (
        <CurveChart curve={curve.data} currency={currency} metric={view.metric} />
      )}
    </Panel>
  );
}

function CurveChart({ curve, currency, metric }: { curve: CurveOut; currency: string; metric: Metric }) {
  const palette = paletteOf(useComputedColorScheme('light'));
  const option = useMemo(
    () => curveOption(curve, { metric, currency, palette }),
    [curve, metric, currency, palette],
  );
  return <Chart option={option} height={HEIGHT} label={curveAsText(curve, metric, currency)} />;
}

interface CurveControlsProps {
  curve: CurveOut;
  view: CurveView;
  onView: (view: CurveView) => void;
}

function CurveControls({ curve, view, onView }: CurveControlsProps) {
  const ranks = curveRows(curve, 'precision').length > 0;
  return (
    <Group gap={6} wrap="nowrap">
      {ranks && (
        <SegmentedControl
          size="xs"
          aria-label="Measure"
          value={view.metric}
          onChange={(metric) => onView({ ...view, metric: metric as Metric })}
          data={[
            { value: 'cost', label: 'Cost' },
            { value: 'precision', label: 'Precision' },
            ...(curveRows(curve, 'f1').length > 0 ? [{ value: 'f1', label: 'F1' }] : []),
          ]}
        />
      )}
      <Tooltip label={view.table ? 'Show the chart' : 'Show the table'}>
        <ActionIcon
          variant="default"
          aria-label={view.table ? 'Show the chart' : 'Show the table'}
          onClick={() => onView({ ...view, table: !view.table })}
        >
          {view.table ? <IconChartLine size={16} /> : <IconTable size={16} />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Download as CSV">
        <ActionIcon
          variant="default"
          aria-label="Download the curve as CSV"
          onClick={() => downloadCsv('quality-against-money.csv', curveCsv(curve))}
        >
          <IconDownload size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

function NoCurve({ untilTraining }: { untilTraining: number | null }) {
  const wait =
    untilTraining === null
      ? 'The first version is trained once the gold set is labeled.'
      : `${untilTraining} more labels until the first version is trained.`;
  return (
    <Panel title="What does the next point of quality cost?">
      <EmptyState title="No model version yet">
        {wait} Every version is measured on the gold set and drawn here against the money spent.
      </EmptyState>
    </Panel>
  );
}
