import { Modal, Table, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { listWeakRefusalsOptions } from '@/api/@tanstack/react-query.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Pager } from '@/components/Pager';
import { Skeletons } from '@/components/Skeletons';
import { formatCount, plural } from '@/lib/numbers';
import type { WeakViewProps } from './search';

const PAGE_SIZE = 50;

/** Of which rows or samples a source could make no label, and why. */
export function Refusals({ projectId, search, onSearch }: WeakViewProps & { projectId: number }) {
  const page = search.refusals ?? 1;
  const refusals = useQuery({
    ...listWeakRefusalsOptions({
      path: { project_id: projectId, source_id: search.source ?? 0 },
      query: { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE },
    }),
    enabled: search.source !== undefined,
    placeholderData: keepPreviousData,
  });
  const of = refusals.data;
  return (
    <Modal
      opened={search.source !== undefined}
      onClose={() => onSearch({ ...search, source: undefined, refusals: undefined })}
      title={of ? `${plural(of.count, 'row')} refused` : 'Refused rows'}
      size="xl"
    >
      {refusals.isError && <ErrorNotice error={refusals.error} onRetry={() => refusals.refetch()} />}
      {refusals.isPending && <Skeletons heights={[28, 28, 28]} />}
      {of && of.kept < of.count && (
        <Text size="sm" c="dimmed">
          The first {formatCount(of.kept)} are kept.
        </Text>
      )}
      {of && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th className="number">Row</Table.Th>
              <Table.Th>Key or sample</Table.Th>
              <Table.Th>Reason</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {of.items.map((refusal) => (
              <Table.Tr key={refusal.row}>
                <Table.Td className="number">{refusal.row}</Table.Td>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{refusal.name}</Table.Td>
                <Table.Td>{refusal.reason}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Pager
        page={page}
        size={PAGE_SIZE}
        count={of?.kept ?? 0}
        onPage={(next) => onSearch({ ...search, refusals: next })}
      />
    </Modal>
  );
}
