import { ScrollArea, Table } from '@mantine/core';
import type { DayOut } from '@/api/types.gen';
import { formatMoney } from '@/lib/money';
import { formatCount } from '@/lib/numbers';
import { formatDay } from '@/lib/time';

interface BurnDownTableProps {
  days: DayOut[];
  currency: string;
  height: number;
}

/** The figures behind the chart, the latest day first. */
export function BurnDownTable({ days, currency, height }: BurnDownTableProps) {
  return (
    <ScrollArea h={height} type="auto" offsetScrollbars="y">
      <Table stickyHeader miw={480}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Day (UTC)</Table.Th>
            <Table.Th className="number">Limit</Table.Th>
            <Table.Th className="number">Spent</Table.Th>
            <Table.Th className="number">Reserved</Table.Th>
            <Table.Th className="number">Labels</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {days.toReversed().map((day) => (
            <Table.Tr key={day.day}>
              <Table.Td>{formatDay(day.day)}</Table.Td>
              <Table.Td className="number">{formatMoney(day.limit, currency)}</Table.Td>
              <Table.Td className="number">{formatMoney(day.spent, currency)}</Table.Td>
              <Table.Td className="number">{formatMoney(day.reserved, currency)}</Table.Td>
              <Table.Td className="number">{formatCount(day.labels)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
