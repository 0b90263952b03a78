import { Code, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listWebhooksOptions } from '@/api/@tanstack/react-query.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { CALM_MS } from '@/hooks/use-fresh';
import { DeliveryLog } from './DeliveryLog';
import { NewWebhook } from './NewWebhook';
import type { NotificationViewProps } from './search';
import { WebhookCard } from './WebhookCard';

/** Programs that are told, too. */
export function WebhookPanel({ projectId, search, onSearch }: NotificationViewProps) {
  const webhooks = useQuery({
    ...listWebhooksOptions({ path: { project_id: projectId } }),
    refetchInterval: CALM_MS,
  });
  const opened = webhooks.data?.find((one) => one.id === search.webhook);
  return (
    <Panel title="Webhooks">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Each notification is posted as JSON with its HMAC-SHA256 in <Code>X-Heedful-Signature</Code>, and
          tried again up to 8 times over days.
        </Text>
        <NewWebhook projectId={projectId} />
        {webhooks.isError && !webhooks.data && (
          <ErrorNotice error={webhooks.error} onRetry={() => webhooks.refetch()} />
        )}
        {webhooks.isPending && <Skeletons heights={[72]} />}
        {webhooks.data?.length === 0 && (
          <EmptyState title="No webhook yet">Enter the address of a program that should be told.</EmptyState>
        )}
        {webhooks.data?.map((webhook) => (
          <WebhookCard
            key={webhook.id}
            projectId={projectId}
            webhook={webhook}
            onLog={() => onSearch({ ...search, webhook: webhook.id, deliveries: undefined })}
          />
        ))}
      </Stack>
      <DeliveryLog projectId={projectId} webhook={opened} search={search} onSearch={onSearch} />
    </Panel>
  );
}
