import { Button, Popover, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { withdrawItemMutation } from '@/api/@tanstack/react-query.gen';
import type { QueueItemOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { formatMoney } from '@/lib/money';
import { isWaiting } from './state';

interface WithdrawButtonProps {
  item: QueueItemOut;
  projectId: number;
  currency: string;
}

/** Takes an unanswered sample back out of the queue, after saying what that means. */
export function WithdrawButton({ item, projectId, currency }: WithdrawButtonProps) {
  const [asking, setAsking] = useState(false);
  const money = formatMoney(item.price, currency);
  const action = useProjectAction(() => `${item.sample_name} withdrawn, ${money} released.`);
  const withdraw = useMutation({ ...withdrawItemMutation(), ...action, onSettled: () => setAsking(false) });
  if (!isWaiting(item)) return null;
  return (
    <Popover opened={asking} onChange={setAsking} width={280} withArrow trapFocus>
      <Popover.Target>
        <Button variant="default" onClick={() => setAsking(true)}>
          Withdraw…
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Text size="sm">
            {money} goes back to the budget, the sample returns to the pool and its task leaves Label Studio.
            A half-made answer there is lost.
          </Text>
          <Button
            color="red.9"
            loading={withdraw.isPending}
            onClick={() => withdraw.mutate({ path: { project_id: projectId, item_id: item.id } })}
          >
            Withdraw and release {money}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
