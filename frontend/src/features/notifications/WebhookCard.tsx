import { Alert, Button, Group, Switch, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import {
  deleteWebhookMutation,
  rotateWebhookSecretMutation,
  testWebhookMutation,
  updateWebhookMutation,
} from '@/api/@tanstack/react-query.gen';
import type { WebhookOut } from '@/api/types.gen';
import { ConfirmButton } from '@/components/ConfirmButton';
import { CopyField } from '@/components/CopyField';
import { useProjectAction } from '@/hooks/use-project-action';
import { ALL_KINDS, KINDS } from './kinds';
import classes from './WebhookCard.module.css';

interface WebhookCardProps {
  projectId: number;
  webhook: WebhookOut;
  onLog: () => void;
}

/** One address: of what it is told, whether it hears, and what a manager may do about it. */
export function WebhookCard({ projectId, webhook, onLog }: WebhookCardProps) {
  const path = { project_id: projectId, webhook_id: webhook.id };
  const update = useMutation({ ...updateWebhookMutation(), ...useProjectAction() });
  const test = useMutation({
    ...testWebhookMutation(),
    ...useProjectAction(() => 'A test is on its way; the delivery log says what came of it.'),
  });
  const rotate = useMutation({ ...rotateWebhookSecretMutation(), ...useProjectAction() });
  const remove = useMutation({
    ...deleteWebhookMutation(),
    ...useProjectAction(() => `${webhook.url} is told nothing any more.`),
  });
  return (
    <article className={classes.card} data-testid="webhook">
      <Group justify="space-between" gap="xs">
        <span className={classes.url}>{webhook.url}</span>
        <Switch
          size="xs"
          label={webhook.enabled ? 'told' : 'not told'}
          aria-label={`Tell ${webhook.url}`}
          checked={webhook.enabled}
          disabled={update.isPending}
          onChange={(event) => update.mutate({ path, body: { enabled: event.currentTarget.checked } })}
        />
      </Group>
      <Text size="xs" c="dimmed" mb={6}>
        {toldOf(webhook)}
      </Text>
      <Group gap={6}>
        <Button
          variant="default"
          loading={test.isPending}
          disabled={!webhook.enabled}
          onClick={() => test.mutate({ path })}
        >
          Send a test
        </Button>
        <Button variant="default" c={webhook.failed > 0 ? 'var(--bad)' : undefined} onClick={onLog}>
          {logLabel(webhook)}
        </Button>
        <ConfirmButton
          label="New secret"
          does="Replace the secret"
          loading={rotate.isPending}
          onConfirm={() => rotate.mutate({ path })}
        >
          The old secret is void at once: the program refuses what it is told until it knows the new one.
        </ConfirmButton>
        <ConfirmButton
          label="Delete"
          does="Delete the webhook"
          loading={remove.isPending}
          onConfirm={() => remove.mutate({ path })}
        >
          The address, its secret and its delivery log are deleted; what waits is not delivered.
        </ConfirmButton>
      </Group>
      {rotate.data && (
        <Alert color="accent" title="The new secret, shown only now" mt="xs">
          <CopyField value={rotate.data.secret} />
        </Alert>
      )}
    </article>
  );
}

function toldOf({ kinds }: WebhookOut): string {
  return kinds.length === ALL_KINDS.length
    ? 'Told of everything.'
    : `Told of: ${kinds.map((kind) => KINDS[kind].toLowerCase()).join(', ')}.`;
}

function logLabel({ waiting, failed }: WebhookOut): string {
  const parts = [waiting > 0 && `${waiting} waiting`, failed > 0 && `${failed} failed`].filter(Boolean);
  return parts.length > 0 ? `Deliveries: ${parts.join(', ')}` : 'Deliveries';
}
