import { ActionIcon, Table, Text, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { Interval } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { Panel } from '@/components/Panel';
import { COST_UNIT, perThousand } from '@/lib/cost';
import { downloadCsv } from '@/lib/csv';
import { formatMoneyInterval, formatMoneyRounded } from '@/lib/money';
import { formatCount, formatShare, plural } from '@/lib/numbers';
import { conditionsOf, type JudgedSet, worstCsv } from './report';

/** Where it is worse than elsewhere, found among all slices by one column and by two. */
export function WorstSlices({ set, currency }: { set: JudgedSet; currency: string }) {
  const [first] = set.worst;
  return (
    <Panel
      title={
        first
          ? `It is worse where ${conditionsOf(first)}`
          : 'Nowhere is it worse than elsewhere, as far as can be told'
      }
      actions={
        set.worst.length > 0 && (
          <Tooltip label="Download as CSV">
            <ActionIcon
              variant="default"
              aria-label="Download the worst slices as CSV"
              onClick={() => downloadCsv('worst-slices.csv', worstCsv(set.worst))}
            >
              <IconDownload size={16} />
            </ActionIcon>
          </Tooltip>
        )
      }
    >
      {set.tried === 0 ? (
        <EmptyState title="Nothing to slice by">
          Samples with columns (a CSV beside the pictures), from several sources or rounds can be held against
          one another, once at least 10 of them share a value.
        </EmptyState>
      ) : (
        <>
          {set.worst.length > 0 && <WorstTable set={set} currency={currency} />}
          <Text size="xs" c="dimmed" mt="xs">
            {plural(set.tried, 'slice')} of at least 10 samples tried, by one column and by two; Welch’s test
            of the cost against all other samples, at most 5% false findings after Benjamini and Hochberg;
            ranked by how much more they cost at least (SliceFinder, Chung et al., 2019).
          </Text>
        </>
      )}
    </Panel>
  );
}

function WorstTable({ set, currency }: { set: JudgedSet; currency: string }) {
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Slice</Table.Th>
            <Table.Th className="number">Samples</Table.Th>
            <Table.Th className="number">Wrong, 95% interval</Table.Th>
            <Table.Th className="number">Cost {COST_UNIT}</Table.Th>
            <Table.Th className="number">Of the rest</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {set.worst.map((one) => (
            <Table.Tr key={conditionsOf(one)} data-testid="worst-slice">
              <Table.Td>{conditionsOf(one)}</Table.Td>
              <Table.Td className="number">{formatCount(one.size)}</Table.Td>
              <Table.Td className="number">{shareOf(one.error)}</Table.Td>
              <Table.Td className="number">{formatMoneyInterval(perThousand(one.cost), currency)}</Table.Td>
              <Table.Td className="number">{formatMoneyRounded(one.rest * 1000, currency)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

export function shareOf({ value, low, high }: Interval): string {
  return `${formatShare(value)} (${formatShare(low)} to ${formatShare(high)})`;
}
