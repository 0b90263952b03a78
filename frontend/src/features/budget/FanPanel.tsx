import { useComputedColorScheme } from '@mantine/core';
import { useMemo } from 'react';
import type { ForecastOut } from '@/api/types.gen';
import { Chart } from '@/charts/Chart';
import { paletteOf } from '@/charts/palette';
import { DataActions } from '@/components/DataActions';
import { EmptyState } from '@/components/EmptyState';
import { Panel } from '@/components/Panel';
import { FanTable } from './FanTable';
import { fanOption } from './fan';
import { fanCsv, forecastAsText, forecastFinding } from './forecast';

const HEIGHT = 190;

interface FanPanelProps {
  forecast: ForecastOut;
  table: boolean;
  onTable: (table: boolean) => void;
}

/** Quality against money: measured so far, and the fan of what is to come. */
export function FanPanel({ forecast, table, onTable }: FanPanelProps) {
  const palette = paletteOf(useComputedColorScheme('light'));
  const option = useMemo(() => fanOption(forecast, { palette }), [forecast, palette]);
  if (forecast.active.fan.length === 0) {
    return (
      <Panel title="What will the next money buy?">
        <EmptyState title="No forecast yet">{forecast.reason ?? forecast.active.reason}</EmptyState>
      </Panel>
    );
  }
  return (
    <Panel
      title={forecastFinding(forecast)}
      actions={
        <DataActions
          of="the forecast"
          table={table}
          onTable={onTable}
          csv={{ name: 'forecast.csv', text: () => fanCsv(forecast) }}
        />
      }
    >
      {table ? (
        <FanTable forecast={forecast} height={HEIGHT} />
      ) : (
        <Chart option={option} height={HEIGHT} label={forecastAsText(forecast)} />
      )}
    </Panel>
  );
}
