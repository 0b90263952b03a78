import { ScrollArea, Table } from '@mantine/core';
import type { CurveForecast, ForecastOut } from '@/api/types.gen';
import { COST_UNIT } from '@/lib/cost';
import { formatMoney, formatMoneyEstimate } from '@/lib/money';
import { perThousandBand } from './forecast';

/** The fans' figures: what is expected at which spending, chosen and drawn by chance. */
export function FanTable({ forecast, height }: { forecast: ForecastOut; height: number }) {
  const { active, control, currency } = forecast;
  return (
    <ScrollArea h={height} type="auto" offsetScrollbars="y">
      <Table stickyHeader miw={480}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Labels</Table.Th>
            <Table.Th className="number">Spent</Table.Th>
            <Table.Th className="number">P10</Table.Th>
            <Table.Th className="number">P50, {COST_UNIT}</Table.Th>
            <Table.Th className="number">P90</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Rows name="chosen" curve={active} currency={currency} />
          <Rows name="random control" curve={control} currency={currency} />
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function Rows({ name, curve, currency }: { name: string; curve: CurveForecast; currency: string }) {
  return curve.fan.map((row) => {
    const interval = perThousandBand(row);
    const money = (value: number) => formatMoneyEstimate({ ...interval, value }, currency);
    return (
      <Table.Tr key={row.spent}>
        <Table.Td>{name}</Table.Td>
        <Table.Td className="number">{formatMoney(row.spent, currency)}</Table.Td>
        <Table.Td className="number">{money(interval.low)}</Table.Td>
        <Table.Td className="number">{money(interval.value)}</Table.Td>
        <Table.Td className="number">{money(interval.high)}</Table.Td>
      </Table.Tr>
    );
  });
}
