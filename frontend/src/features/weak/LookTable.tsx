import { Table } from '@mantine/core';
import type { TableLookOut } from '@/api/types.gen';

/** The first rows of a table, for choosing its columns. */
export function LookTable({ look }: { look: TableLookOut }) {
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table fz="xs">
        <Table.Thead>
          <Table.Tr>
            {look.columns.map((column) => (
              <Table.Th key={column}>{column}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {look.rows.map((row) => (
            <Table.Tr key={look.columns.map((column) => row[column]).join('\t')}>
              {look.columns.map((column) => (
                <Table.Td key={column}>{row[column]}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
