import { Alert, Button, Group, MultiSelect, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { createWebhookMutation } from '@/api/@tanstack/react-query.gen';
import { CopyField } from '@/components/CopyField';
import { useProjectAction } from '@/hooks/use-project-action';
import { fieldOf, messageOf } from '@/lib/errors';
import { ALL_KINDS, KINDS, type Kind } from './kinds';

interface Values {
  url: string;
  /** None chosen means all. */
  kinds: Kind[];
}

/** An address and what it is told of; the secret of its signatures is shown once. */
export function NewWebhook({ projectId }: { projectId: number }) {
  const form = useForm<Values>({
    initialValues: { url: '', kinds: [] },
    validate: {
      url: (url) =>
        /^https?:\/\/\S+$/.test(url.trim()) ? null : 'Enter an address that begins with https://',
    },
  });
  const { onSuccess } = useProjectAction();
  const create = useMutation({
    ...createWebhookMutation(),
    onSuccess: (webhook) => {
      form.reset();
      return onSuccess(webhook);
    },
    onError: (error) => form.setFieldError(fieldOf(error, form.values, 'url'), messageOf(error)),
  });
  const submit = form.onSubmit(({ url, kinds }) =>
    create.mutate({
      path: { project_id: projectId },
      body: { url, kinds: kinds.length > 0 ? kinds : ALL_KINDS },
    }),
  );
  return (
    <Stack gap="xs">
      <form onSubmit={submit} noValidate>
        <Group align="flex-start" gap="xs">
          <TextInput
            aria-label="Address"
            placeholder="https://example.org/heedful"
            flex="1 1 240px"
            {...form.getInputProps('url')}
          />
          <MultiSelect
            aria-label="Told of"
            flex="1 1 240px"
            size="sm"
            data={Object.entries(KINDS).map(([value, label]) => ({ value, label }))}
            placeholder={form.values.kinds.length === 0 ? 'Everything' : undefined}
            clearable
            {...form.getInputProps('kinds')}
          />
          <Button type="submit" size="sm" loading={create.isPending}>
            Add a webhook
          </Button>
        </Group>
      </form>
      {create.data && (
        <Alert color="accent" title={`The secret of ${create.data.url}, shown only now`}>
          <CopyField value={create.data.secret} data-testid="webhook-secret" />
        </Alert>
      )}
    </Stack>
  );
}
