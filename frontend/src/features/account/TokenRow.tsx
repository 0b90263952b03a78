import { Button, Group, Table, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { deleteTokenMutation } from '@/api/@tanstack/react-query.gen';
import type { TokenOut } from '@/api/types.gen';
import { Time } from '@/components/Time';
import { useProjectAction } from '@/hooks/use-project-action';

export function TokenRow({ token }: { token: TokenOut }) {
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    ...deleteTokenMutation(),
    ...useProjectAction(() => `Token “${token.name}” deleted.`),
  });
  return (
    <Table.Tr>
      <Table.Td>{token.name}</Table.Td>
      <Table.Td ff="monospace">{token.prefix}…</Table.Td>
      <Table.Td>
        <Time at={token.created_at} />
      </Table.Td>
      <Table.Td>{token.last_used_at ? <Time at={token.last_used_at} /> : 'never'}</Table.Td>
      <Table.Td className="number">
        {asking ? (
          <Group gap={6} justify="flex-end">
            <Text size="xs">Whatever uses it stops working.</Text>
            <Button
              color="red.9"
              loading={remove.isPending}
              onClick={() => remove.mutate({ path: { token_id: token.id } })}
            >
              Delete
            </Button>
            <Button variant="default" onClick={() => setAsking(false)}>
              Keep
            </Button>
          </Group>
        ) : (
          <Button variant="default" aria-label={`Delete ${token.name}`} onClick={() => setAsking(true)}>
            Delete…
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
