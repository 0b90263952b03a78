import { Alert, Button, Code, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { createTokenMutation, listTokensOptions } from '@/api/@tanstack/react-query.gen';
import { CopyField } from '@/components/CopyField';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useProjectAction } from '@/hooks/use-project-action';
import { TokenRow } from './TokenRow';

/** Keys with which programs use the API in one's name. */
export function TokenPanel() {
  const tokens = useQuery(listTokensOptions());
  return (
    <Panel title="API tokens">
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          A program that sends <Code>Authorization: Bearer …</Code> with one of these acts as you.
        </Text>
        <NewToken />
        {tokens.isError && <ErrorNotice error={tokens.error} onRetry={() => tokens.refetch()} />}
        {tokens.isPending && <Skeletons heights={[32, 32]} />}
        {tokens.data?.length === 0 && <EmptyState title="No tokens yet" />}
        {tokens.data && tokens.data.length > 0 && (
          <Table.ScrollContainer minWidth={520}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Name</Table.Th>
                  <Table.Th>Begins with</Table.Th>
                  <Table.Th>Made</Table.Th>
                  <Table.Th>Last used</Table.Th>
                  <Table.Th />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {tokens.data.map((token) => (
                  <TokenRow key={token.id} token={token} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Stack>
    </Panel>
  );
}

function NewToken() {
  const form = useForm({
    initialValues: { name: '' },
    validate: { name: (name) => (name.trim() ? null : 'Name what will use it, so that you know it later.') },
  });
  const create = useMutation({ ...createTokenMutation(), ...useProjectAction() });
  const submit = form.onSubmit((body) => create.mutate({ body }, { onSuccess: () => form.reset() }));
  return (
    <>
      <form onSubmit={submit}>
        <Group align="flex-start" gap="xs">
          <TextInput
            aria-label="Name"
            placeholder="What will use it"
            maxLength={80}
            {...form.getInputProps('name')}
          />
          <Button type="submit" size="sm" loading={create.isPending}>
            Make a token
          </Button>
        </Group>
      </form>
      {create.data && <Secret name={create.data.name} token={create.data.token} />}
    </>
  );
}

function Secret({ name, token }: { name: string; token: string }) {
  return (
    <Alert color="accent" title={`The token “${name}”, shown only now`}>
      <CopyField value={token} data-testid="token-secret" />
    </Alert>
  );
}
