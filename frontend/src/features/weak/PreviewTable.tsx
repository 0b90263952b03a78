import { Table, Text } from '@mantine/core';
import type { LabelClassOut, PreviewOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { SampleLink } from '@/components/SampleLink';
import { plural } from '@/lib/numbers';

/** What a function says of some samples, beside what experts say. */
export function PreviewTable({ rows, classes }: { rows: PreviewOut[]; classes: LabelClassOut[] }) {
  const said = rows.filter((row) => row.said !== null).length;
  const failed = rows.filter((row) => row.refusal).length;
  return (
    <div data-testid="preview">
      <Text size="sm" fw={600} role="status">
        It labels {said} of {plural(rows.length, 'sample')}
        {failed > 0 ? `, and fails on ${failed}` : ''}.
      </Text>
      <Table.ScrollContainer minWidth={320} mah={320}>
        <Table fz="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Sample</Table.Th>
              <Table.Th>It says</Table.Th>
              <Table.Th>Experts say</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.id}>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>
                  <SampleLink id={row.id}>{row.name}</SampleLink>
                </Table.Td>
                <Table.Td>
                  <Said row={row} classes={classes} />
                </Table.Td>
                <Table.Td>{row.label && <ClassName of={row.label} />}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </div>
  );
}

function Said({ row, classes }: { row: PreviewOut; classes: LabelClassOut[] }) {
  if (row.refusal) {
    return (
      <Text span size="xs" c="var(--bad)">
        {row.refusal}
      </Text>
    );
  }
  const one = classes.find(({ name }) => name === row.said);
  return one ? <ClassName of={one} /> : <>–</>;
}
