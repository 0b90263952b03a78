import { Modal, SegmentedControl, Table } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listDeliveriesOptions } from '@/api/@tanstack/react-query.gen';
import type { DeliveryOut, WebhookOut } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Pager } from '@/components/Pager';
import { Skeletons } from '@/components/Skeletons';
import { LIVE_MS } from '@/hooks/use-fresh';
import { oneOf } from '@/lib/search';
import { DeliveryRow } from './DeliveryRow';
import type { NotificationViewProps } from './search';

const PAGE_SIZE = 20;
const STATES = ['waiting', 'sent', 'failed'] as const satisfies DeliveryOut['state'][];

/** What was posted to one address, what it answered, and another try. */
export function DeliveryLog({
  projectId,
  webhook,
  search,
  onSearch,
}: NotificationViewProps & { webhook: WebhookOut | undefined }) {
  const [state, setState] = useState<DeliveryOut['state']>();
  const page = search.deliveries ?? 1;
  const log = useQuery({
    ...listDeliveriesOptions({
      path: { project_id: projectId, webhook_id: webhook?.id ?? 0 },
      query: { state, offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE },
    }),
    enabled: webhook !== undefined,
    refetchInterval: LIVE_MS,
    placeholderData: keepPreviousData,
  });
  return (
    <Modal
      opened={webhook !== undefined}
      onClose={() => onSearch({ ...search, webhook: undefined, deliveries: undefined })}
      title={`Deliveries to ${webhook?.url ?? ''}`}
      size="xl"
    >
      <SegmentedControl
        size="xs"
        aria-label="State"
        value={state ?? 'all'}
        data={['all', ...STATES]}
        onChange={(chosen) => {
          setState(oneOf(chosen, STATES));
          onSearch({ ...search, deliveries: undefined });
        }}
      />
      {log.isError && <ErrorNotice error={log.error} onRetry={() => log.refetch()} />}
      {log.isPending && webhook && <Skeletons heights={[40, 40]} />}
      {log.data?.count === 0 && (
        <EmptyState title="No delivery">Send a test to see whether the address hears you.</EmptyState>
      )}
      {log.data && log.data.count > 0 && webhook && (
        <Table.ScrollContainer minWidth={560}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>When</Table.Th>
                <Table.Th>What</Table.Th>
                <Table.Th>Attempts</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {log.data.items.map((delivery) => (
                <DeliveryRow
                  key={delivery.id}
                  delivery={delivery}
                  path={{ project_id: projectId, webhook_id: webhook.id, delivery_id: delivery.id }}
                />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Pager
        page={page}
        size={PAGE_SIZE}
        count={log.data?.count ?? 0}
        onPage={(next) => onSearch({ ...search, deliveries: next })}
      />
    </Modal>
  );
}
