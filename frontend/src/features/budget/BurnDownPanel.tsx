import { useComputedColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { getBurnDownOptions } from '@/api/@tanstack/react-query.gen';
import type { DayOut, MoneyBand } from '@/api/types.gen';
import { Chart } from '@/charts/Chart';
import { paletteOf } from '@/charts/palette';
import { DataActions } from '@/components/DataActions';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useFresh } from '@/hooks/use-fresh';
import { BurnDownTable } from './BurnDownTable';
import { burnAsText, burnCsv, burnFinding, burnOption } from './burn-down';
import { moneyBandText } from './forecast';

const HEIGHT = 190;
const MINUTE_MS = 60_000;

interface BurnDownPanelProps {
  projectId: number;
  currency: string;
  /** The spending that the target is expected to take. */
  needed: MoneyBand | undefined;
  table: boolean;
  onTable: (table: boolean) => void;
}

/** The limit, what is spent and what is reserved, day by day. */
export function BurnDownPanel({ projectId, currency, needed, table, onTable }: BurnDownPanelProps) {
  const burn = useQuery({
    ...getBurnDownOptions({ path: { project_id: projectId } }),
    ...useFresh(projectId),
  });
  // The path ends where it was last asked for; to the minute, so that the same answer is the same picture.
  const now = Math.ceil(burn.dataUpdatedAt / MINUTE_MS) * MINUTE_MS;
  if (burn.isError && !burn.data) return <ErrorNotice error={burn.error} onRetry={() => burn.refetch()} />;
  if (!burn.data) return <Skeletons heights={[HEIGHT + 56]} />;
  const days = burn.data;
  if (days.every((day) => Number(day.spent) === 0 && Number(day.reserved) === 0)) return <NothingMoved />;
  return (
    <Panel
      title={burnFinding(days, currency, now)}
      actions={
        <DataActions
          of="the burn-down"
          table={table}
          onTable={onTable}
          csv={{ name: 'burn-down.csv', text: () => burnCsv(days) }}
        />
      }
    >
      {table ? (
        <BurnDownTable days={days} currency={currency} height={HEIGHT} />
      ) : (
        <BurnDownChart days={days} currency={currency} needed={needed} now={now} />
      )}
    </Panel>
  );
}

interface BurnDownChartProps {
  days: DayOut[];
  currency: string;
  needed: MoneyBand | undefined;
  now: number;
}

function BurnDownChart({ days, currency, needed, now }: BurnDownChartProps) {
  const palette = paletteOf(useComputedColorScheme('light'));
  const option = useMemo(
    () => burnOption(days, { currency, palette, now, needed }),
    [days, currency, palette, now, needed],
  );
  const target = needed ? ` The target is expected after ${moneyBandText(needed, currency)}.` : '';
  return <Chart option={option} height={HEIGHT} label={burnAsText(days, currency, now) + target} />;
}

function NothingMoved() {
  return (
    <Panel title="How long does the money last?">
      <EmptyState title="Nothing reserved or spent yet">
        Each day’s limit, spending and reservations are drawn here once the first round is filled.
      </EmptyState>
    </Panel>
  );
}
