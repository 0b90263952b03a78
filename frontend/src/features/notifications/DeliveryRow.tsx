import { Button, Table, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { redeliverMutation } from '@/api/@tanstack/react-query.gen';
import type { DeliveryAttemptOut, DeliveryOut } from '@/api/types.gen';
import { Changed } from '@/components/Changed';
import { Time } from '@/components/Time';
import { useProjectAction } from '@/hooks/use-project-action';
import { formatDuration } from '@/lib/time';
import { kindName } from './kinds';

interface DeliveryRowProps {
  delivery: DeliveryOut;
  path: { project_id: number; webhook_id: number; delivery_id: number };
}

export function DeliveryRow({ delivery, path }: DeliveryRowProps) {
  const again = useMutation({ ...redeliverMutation(), ...useProjectAction(() => 'Sent once more.') });
  return (
    <Table.Tr data-testid="delivery" style={{ verticalAlign: 'top' }}>
      <Table.Td>
        <Time at={delivery.made_at} />
      </Table.Td>
      <Table.Td>
        {delivery.sentence}
        <Text size="xs" c="dimmed">
          {delivery.kind === 'test' ? 'Test' : kindName(delivery.kind)}
        </Text>
      </Table.Td>
      <Table.Td>
        <Changed value={`${delivery.state} ${delivery.attempts.length}`}>
          <Text span size="sm" c={delivery.state === 'failed' ? 'var(--bad)' : undefined}>
            {delivery.state === 'sent' ? 'delivered' : delivery.state}
          </Text>
        </Changed>
        {delivery.next_try_at && (
          <Text size="xs" c="dimmed">
            next try <Time at={delivery.next_try_at} />
          </Text>
        )}
        {delivery.attempts.map((attempt) => (
          <Text key={attempt.number} size="xs" c="dimmed" title={attempt.excerpt}>
            {attempt.number}: {outcomeOf(attempt)}, <Time at={attempt.at} />
          </Text>
        ))}
      </Table.Td>
      <Table.Td className="number">
        <Button variant="default" loading={again.isPending} onClick={() => again.mutate({ path })}>
          Redeliver
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

export function outcomeOf({ status, error, seconds }: DeliveryAttemptOut): string {
  const took = seconds === null ? '' : ` in ${formatDuration(seconds)}`;
  return status === null ? error || 'no answer' : `answered ${status}${took}`;
}
