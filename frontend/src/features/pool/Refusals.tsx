import { Modal, Table } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { listRefusalsOptions } from '@/api/@tanstack/react-query.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Pager } from '@/components/Pager';
import { Skeletons } from '@/components/Skeletons';
import { plural } from '@/lib/numbers';
import type { PoolViewProps } from './search';

const PAGE_SIZE = 50;

/** What a source held that was not let in: row by row, with the reason. */
export function Refusals({ projectId, search, onSearch }: PoolViewProps & { projectId: number }) {
  const page = search.refusals ?? 1;
  const refusals = useQuery({
    ...listRefusalsOptions({
      path: { project_id: projectId, source_id: search.source ?? 0 },
      query: { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE },
    }),
    enabled: search.source !== undefined,
    placeholderData: keepPreviousData,
  });
  return (
    <Modal
      opened={search.source !== undefined}
      onClose={() => onSearch({ ...search, source: undefined, refusals: undefined })}
      title={refusals.data ? `${plural(refusals.data.count, 'file')} refused` : 'Refused files'}
      size="xl"
    >
      {refusals.isError && <ErrorNotice error={refusals.error} onRetry={() => refusals.refetch()} />}
      {refusals.isPending && <Skeletons heights={[28, 28, 28]} />}
      {refusals.data && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th className="number">Row</Table.Th>
              <Table.Th>File</Table.Th>
              <Table.Th>Reason</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {refusals.data.items.map((refusal) => (
              <Table.Tr key={`${refusal.row} ${refusal.name}`}>
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
        count={refusals.data?.count ?? 0}
        onPage={(next) => onSearch({ ...search, refusals: next })}
      />
    </Modal>
  );
}
