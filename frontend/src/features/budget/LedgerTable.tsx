import { ScrollArea, Table, Text } from '@mantine/core';
import type { LedgerEntryOut } from '@/api/types.gen';
import { SampleLink } from '@/components/SampleLink';
import { Time } from '@/components/Time';
import { formatMoney, formatMovement } from '@/lib/money';
import { paidTime } from './timing';

const COLUMNS = ['Time', 'Limit', 'Reserved', 'Spent', 'Owed', 'Reserved after', 'Spent after'];

/** Every movement, newest first, with the sums after it. */
export function LedgerTable({ entries, currency }: { entries: LedgerEntryOut[]; currency: string }) {
  return (
    <ScrollArea type="auto">
      <Table miw={1080} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>When</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th>Sample</Table.Th>
            <Table.Th>Annotator</Table.Th>
            {COLUMNS.map((name) => (
              <Table.Th key={name} className="number">
                {name}
              </Table.Th>
            ))}
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
        {entry.by ? `${entry.kind} by ${entry.by}` : entry.kind}
        {entry.note && (
          <Text size="xs" c="dimmed">
            {entry.note}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <SampleLink id={entry.sample_id}>{entry.sample_name}</SampleLink>
      </Table.Td>
      <Table.Td>
        {entry.annotator ?? (entry.tier && <Text size="sm" c="dimmed">{`${entry.tier} tier`}</Text>)}
      </Table.Td>
      <Table.Td className="number">{paidTime(entry)}</Table.Td>
      <Table.Td className="number">{formatMovement(entry.granted, currency)}</Table.Td>
      <Table.Td className="number">{formatMovement(entry.held, currency)}</Table.Td>
      <Table.Td className="number" style={{ color: 'var(--money)', fontWeight: 600 }}>
        {formatMovement(entry.spent, currency)}
      </Table.Td>
      <Table.Td className="number">{formatMovement(entry.owed, currency)}</Table.Td>
      <Table.Td className="number">{formatMoney(entry.reserved_after, currency)}</Table.Td>
      <Table.Td className="number">{formatMoney(entry.spent_after, currency)}</Table.Td>
    </Table.Tr>
  );
}
