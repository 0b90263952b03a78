import { ScrollArea, Table, Text } from '@mantine/core';
import type { LedgerEntryOut } from '@/api/types.gen';
import { Time } from '@/components/Time';
import { formatMoney, formatMovement } from '@/lib/money';
import { formatDuration } from '@/lib/time';

/** Every movement, newest first, with the sums after it. */
export function LedgerTable({ entries, currency }: { entries: LedgerEntryOut[]; currency: string }) {
  return (
    <ScrollArea type="auto">
      <Table miw={880} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th>Sample</Table.Th>
            <Table.Th>Annotator</Table.Th>
            <Table.Th className="number">Time</Table.Th>
            <Table.Th className="number">Reserved</Table.Th>
            <Table.Th className="number">Spent</Table.Th>
            <Table.Th className="number">Reserved after</Table.Th>
            <Table.Th className="number">Spent after</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <LedgerRow key={entry.id} entry={entry} currency={currency} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function LedgerRow({ entry, currency }: { entry: LedgerEntryOut; currency: string }) {
  return (
    <Table.Tr data-testid="ledger-entry">
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <Time at={entry.at} />
      </Table.Td>
      <Table.Td>
        {entry.kind}
        {entry.note && (
          <Text size="xs" c="dimmed">
            {entry.note}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{entry.sample_name}</Table.Td>
      <Table.Td>{entry.annotator}</Table.Td>
      <Table.Td className="number">
        {entry.lead_seconds === null ? '' : formatDuration(entry.lead_seconds)}
      </Table.Td>
      <Table.Td className="number">{formatMovement(entry.held, currency)}</Table.Td>
      <Table.Td className="number" style={{ color: 'var(--money)', fontWeight: 600 }}>
        {formatMovement(entry.spent, currency)}
      </Table.Td>
      <Table.Td className="number">{formatMoney(entry.reserved_after, currency)}</Table.Td>
      <Table.Td className="number">{formatMoney(entry.spent_after, currency)}</Table.Td>
    </Table.Tr>
  );
}
