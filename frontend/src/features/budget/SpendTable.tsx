import { ScrollArea, Table } from '@mantine/core';
import { formatMoney } from '@/lib/money';
import { formatCount, formatNumber, formatShare } from '@/lib/numbers';
import { BY, type By, type SpendRow } from './spend';

interface SpendTableProps {
  rows: SpendRow[];
  by: By;
  currency: string;
}

/** The figures behind the bars, with their sum. */
export function SpendTable({ rows, by, currency }: SpendTableProps) {
  const sum = (pick: (row: SpendRow) => number) => rows.reduce((total, row) => total + pick(row), 0);
  return (
    <ScrollArea type="auto">
      <Table miw={680}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{BY[by]}</Table.Th>
            <Table.Th className="number">Labels</Table.Th>
            <Table.Th className="number">Minutes paid</Table.Th>
            <Table.Th className="number">Spent</Table.Th>
            <Table.Th className="number">Share</Table.Th>
            <Table.Th className="number">Each</Table.Th>
            <Table.Th className="number">Owed</Table.Th>
            <Table.Th className="number">Reserved</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.name}>
              <Table.Td>{row.name}</Table.Td>
              <Table.Td className="number">{formatCount(row.labels)}</Table.Td>
              <Table.Td className="number">{formatNumber(row.minutes, 1)}</Table.Td>
              <Table.Td className="number">{formatMoney(row.spent, currency)}</Table.Td>
              <Table.Td className="number">{formatShare(row.share)}</Table.Td>
              <Table.Td className="number">
                {row.each === null ? '' : formatMoney(row.each, currency)}
              </Table.Td>
              <Table.Td className="number">{formatMoney(row.owed, currency)}</Table.Td>
              <Table.Td className="number">{formatMoney(row.held, currency)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
        <Table.Tfoot>
          <Table.Tr>
            <Table.Th>All</Table.Th>
            <Table.Th className="number">{formatCount(sum((row) => row.labels))}</Table.Th>
            <Table.Th className="number">
              {formatNumber(
                sum((row) => row.minutes),
                1,
              )}
            </Table.Th>
            <Table.Th className="number">
              {formatMoney(
                sum((row) => row.spent),
                currency,
              )}
            </Table.Th>
            <Table.Th />
            <Table.Th />
            <Table.Th className="number">
              {formatMoney(
                sum((row) => row.owed),
                currency,
              )}
            </Table.Th>
            <Table.Th className="number">
              {formatMoney(
                sum((row) => row.held),
                currency,
              )}
            </Table.Th>
          </Table.Tr>
        </Table.Tfoot>
      </Table>
    </ScrollArea>
  );
}
