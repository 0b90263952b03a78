import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getCurveOptions } from '@/api/@tanstack/react-query.gen';
import type { ClassCount, CurveOut } from '@/api/types.gen';
import { DataActions } from '@/components/DataActions';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useFresh } from '@/hooks/use-fresh';
import { COST_UNIT } from '@/lib/cost';
import { formatMoney, formatMoneyInterval, formatMoneyRounded } from '@/lib/money';
import { formatCount } from '@/lib/numbers';
import { BoughtTable } from './BoughtTable';
import { foundRows, qualitySteps, qualityUnit, stepsCsv, wholeStep } from './bought';

interface BoughtPanelProps {
  projectId: number;
  currency: string;
  spent: string;
  counts: ClassCount[];
  table: boolean;
  onTable: (table: boolean) => void;
}

/** What one found sample of the costly class cost, and what one unit of quality. */
export function BoughtPanel({ projectId, currency, spent, counts, table, onTable }: BoughtPanelProps) {
  const curve = useQuery({ ...getCurveOptions({ path: { project_id: projectId } }), ...useFresh(projectId) });
  if (curve.isError && !curve.data)
    return <ErrorNotice error={curve.error} onRetry={() => curve.refetch()} />;
  if (!curve.data) return <Skeletons heights={[160]} />;
  const found = foundRows(spent, counts);
  const steps = qualitySteps(curve.data);
  const unit = qualityUnit(curve.data);
  const focus = found.find((row) => row.name === curve.data.focus_class);
  const price = focus?.each ? formatMoney(focus.each, currency) : null;
  return (
    <Panel
      title={
        price
          ? `Each ${curve.data.focus_class} found cost ${price}`
          : `What does a ${curve.data.focus_class} cost to find?`
      }
      actions={
        <DataActions
          of="what a point of quality cost"
          table={table}
          onTable={onTable}
          csv={{ name: 'cost-per-quality.csv', text: () => stepsCsv(steps, unit) }}
        />
      }
    >
      {table ? (
        <BoughtTable found={found} steps={steps} unit={unit} currency={currency} />
      ) : (
        <Stack gap="xs">
          {focus?.each ? (
            <Text size="sm">
              All {formatMoney(spent, currency)}, the gold set’s included, for {formatCount(focus.found)}{' '}
              found in the pool.
            </Text>
          ) : (
            <EmptyState title={`No ${curve.data.focus_class} found yet`}>
              All spending is divided by those found once the first is labeled.
            </EmptyState>
          )}
          <Quality curve={curve.data} currency={currency} />
        </Stack>
      )}
    </Panel>
  );
}

function Quality({ curve, currency }: { curve: CurveOut; currency: string }) {
  const whole = wholeStep(curve);
  if (!whole) {
    return (
      <Text size="sm" c="dimmed">
        What a point of quality costs can be said once a second version serves.
      </Text>
    );
  }
  const paid = formatMoneyRounded(whole.paid, currency);
  const step = `From ${whole.from} to ${whole.to}, ${paid} of labels`;
  if (!whole.each) {
    return (
      <Text size="sm">
        {step} changed expected cost by {formatMoneyInterval(negated(whole.fell), currency)} {COST_UNIT}: too
        little to say what a point of quality costs.
      </Text>
    );
  }
  return (
    <Text size="sm">
      {step} brought expected cost down by {formatMoneyInterval(whole.fell, currency)} {COST_UNIT}:{' '}
      <b>{formatMoneyInterval(whole.each, currency)}</b> for each{' '}
      {formatMoneyRounded(qualityUnit(curve), currency)} less.
    </Text>
  );
}

function negated({ value, low, high }: { value: number; low: number; high: number }) {
  return { value: -value, low: -high, high: -low };
}
