import { Select, Table, Text } from '@mantine/core';
import { DataActions } from '@/components/DataActions';
import { IntervalBars } from '@/components/IntervalBars';
import { Panel } from '@/components/Panel';
import { COST_UNIT, perThousand } from '@/lib/cost';
import { formatMoneyInterval } from '@/lib/money';
import { formatCount, formatShare, plural } from '@/lib/numbers';
import { columnsCsv, type JudgedSet } from './report';
import { shareOf } from './WorstSlices';

interface SlicesProps {
  set: JudgedSet;
  currency: string;
  column: string | undefined;
  onColumn: (column: string) => void;
  table: boolean;
  onTable: (table: boolean) => void;
}

/** How often it is wrong, by the values of a column. */
export function Slices({ set, currency, column, onColumn, table, onTable }: SlicesProps) {
  const shown = set.columns.find(({ name }) => name === column) ?? set.columns[0];
  if (!shown) {
    return (
      <Panel title="How often is it wrong, and where?">
        <Text size="sm" c="dimmed">
          No value is shared by 10 samples, and not by 10 others.
        </Text>
      </Panel>
    );
  }
  const most = Math.max(...shown.values.map(({ error }) => error.high), 0.01);
  return (
    <Panel
      title={`How often is it wrong, by ${shown.name}?`}
      actions={
        <DataActions
          of="the slices"
          table={table}
          onTable={onTable}
          csv={{ name: 'slices.csv', text: () => columnsCsv(set.columns) }}
        >
          <Select
            size="xs"
            w={130}
            aria-label="By which column"
            data={set.columns.map(({ name }) => name)}
            value={shown.name}
            allowDeselect={false}
            onChange={(chosen) => chosen && onColumn(chosen)}
          />
        </DataActions>
      }
    >
      {table ? (
        <Table.ScrollContainer minWidth={460}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{shown.name}</Table.Th>
                <Table.Th className="number">Samples</Table.Th>
                <Table.Th className="number">Wrong</Table.Th>
                <Table.Th className="number">Cost {COST_UNIT}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.values.map((one) => (
                <Table.Tr key={one.value}>
                  <Table.Td>{one.value}</Table.Td>
                  <Table.Td className="number">{formatCount(one.size)}</Table.Td>
                  <Table.Td className="number">{shareOf(one.error)}</Table.Td>
                  <Table.Td className="number">
                    {formatMoneyInterval(perThousand(one.cost), currency)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : (
        <IntervalBars
          rows={shown.values.map((one) => ({
            key: one.value,
            name: one.value,
            interval: one.error,
            figures: `${formatShare(one.error.value)} of ${formatCount(one.size)}`,
            title: `${one.value}: ${shareOf(one.error)} of ${plural(one.size, 'sample')} wrong, ${formatMoneyInterval(perThousand(one.cost), currency)} ${COST_UNIT}`,
          }))}
          from={0}
          to={most}
          format={formatShare}
          unit="of samples wrong, with 95% intervals"
        />
      )}
      <Text size="xs" c="dimmed" mt="xs">
        Values of fewer than 10 samples are left out; numbers are cut into quarters.
      </Text>
    </Panel>
  );
}
