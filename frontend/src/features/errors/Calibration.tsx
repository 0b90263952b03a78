import { Table, Text, useComputedColorScheme } from '@mantine/core';
import { useMemo } from 'react';
import { Chart } from '@/charts/Chart';
import { paletteOf } from '@/charts/palette';
import { DataActions } from '@/components/DataActions';
import { Panel } from '@/components/Panel';
import { formatCount, formatShare } from '@/lib/numbers';
import { calibrationOption } from './calibration-chart';
import { type Bin, calibrationFinding, reliabilityCsv } from './report';
import { shareOf } from './WorstSlices';

const HEIGHT = 240;

interface CalibrationProps {
  bins: Bin[];
  table: boolean;
  onTable: (table: boolean) => void;
}

/** Is it right as often as it says? */
export function Calibration({ bins, table, onTable }: CalibrationProps) {
  const palette = paletteOf(useComputedColorScheme('light'));
  const option = useMemo(() => calibrationOption(bins, palette), [bins, palette]);
  const finding = calibrationFinding(bins);
  return (
    <Panel
      title={finding}
      actions={
        <DataActions
          of="the calibration"
          table={table}
          onTable={onTable}
          csv={{ name: 'calibration.csv', text: () => reliabilityCsv(bins) }}
        />
      }
    >
      {table ? (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Probability</Table.Th>
              <Table.Th className="number">Samples</Table.Th>
              <Table.Th className="number">Says</Table.Th>
              <Table.Th className="number">Right, 95% interval</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {bins.map((bin) => (
              <Table.Tr key={bin.low}>
                <Table.Td>
                  {formatShare(bin.low)} to {formatShare(bin.high)}
                </Table.Td>
                <Table.Td className="number">{formatCount(bin.size)}</Table.Td>
                <Table.Td className="number">{formatShare(bin.said)}</Table.Td>
                <Table.Td className="number">{shareOf(bin.right)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ) : (
        <Chart option={option} height={HEIGHT} label={`${finding}. The table beside tells each bin.`} />
      )}
      <Text size="xs" c="dimmed" mt="xs">
        By the probability of the likeliest class; upright bars are Wilson’s 95% intervals, numbers are
        samples. On the dashed line it is right as often as it says.
      </Text>
    </Panel>
  );
}
