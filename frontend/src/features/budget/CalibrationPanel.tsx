import { Badge, Button, ScrollArea, Table } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { CalibrationRow, ForecastOut } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { Panel } from '@/components/Panel';
import { COST_UNIT } from '@/lib/cost';
import { downloadCsv } from '@/lib/csv';
import { formatMoney, formatMoneyRounded } from '@/lib/money';
import { calibrationCsv, calibrationFinding, costBandText } from './forecast';

/** What was forecast, and what came. */
export function CalibrationPanel({ forecast: { calibration, currency } }: { forecast: ForecastOut }) {
  if (calibration.rows.length === 0) {
    return (
      <Panel title={calibrationFinding(calibration)}>
        <EmptyState title="No forecast has met its version yet">
          Each forecast is kept and held against every later version that it looked as far as.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel
      title={calibrationFinding(calibration)}
      actions={
        <Button
          variant="default"
          leftSection={<IconDownload size={14} />}
          onClick={() => downloadCsv('forecast-calibration.csv', calibrationCsv(calibration))}
        >
          CSV
        </Button>
      }
    >
      <ScrollArea type="auto" mah={320} offsetScrollbars>
        <Table stickyHeader miw={560}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Said at</Table.Th>
              <Table.Th>Of</Table.Th>
              <Table.Th className="number">Spent</Table.Th>
              <Table.Th className="number">Forecast {COST_UNIT}</Table.Th>
              <Table.Th className="number">Came</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {calibration.rows.map((row) => (
              <Row key={`${row.made_at_model}-${row.model_number}`} row={row} currency={currency} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </Panel>
  );
}

function Row({ row, currency }: { row: CalibrationRow; currency: string }) {
  return (
    <Table.Tr>
      <Table.Td>v{row.made_at_model}</Table.Td>
      <Table.Td>v{row.model_number}</Table.Td>
      <Table.Td className="number">{formatMoney(row.spent, currency)}</Table.Td>
      <Table.Td className="number">{costBandText(row.forecast, currency)}</Table.Td>
      <Table.Td className="number">{formatMoneyRounded(row.measured * 1000, currency)}</Table.Td>
      <Table.Td>
        <Badge variant="light" color={row.inside ? 'accent' : 'gray'}>
          {row.inside ? 'inside' : 'outside'}
        </Badge>
      </Table.Td>
    </Table.Tr>
  );
}
