import { Button, Popover, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { freezeBudgetMutation, unfreezeBudgetMutation } from '@/api/@tanstack/react-query.gen';
import type { BudgetStateOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { formatMoneyShort } from '@/lib/money';

interface FreezeButtonProps {
  projectId: number;
  budget: BudgetStateOut;
}

/** Stops new questions until somebody unfreezes, after saying what goes on nevertheless. */
export function FreezeButton({ projectId, budget }: FreezeButtonProps) {
  const [asking, setAsking] = useState(false);
  const frozen = useProjectAction(() => 'The budget is frozen. Unfreeze it to go on.');
  const thawed = useProjectAction(() => 'The budget is open again.');
  const freeze = useMutation({ ...freezeBudgetMutation(), ...frozen, onSettled: () => setAsking(false) });
  const unfreeze = useMutation({ ...unfreezeBudgetMutation(), ...thawed });
  const variables = { path: { project_id: projectId } };
  if (budget.frozen) {
    return (
      <Button loading={unfreeze.isPending} onClick={() => unfreeze.mutate(variables)}>
        Unfreeze
      </Button>
    );
  }
  return (
    <Popover
      opened={asking}
      onChange={setAsking}
      width={280}
      position="bottom-start"
      withArrow
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Button variant="default" onClick={() => setAsking(!asking)}>
          Freeze…
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Text size="sm">
            Nothing new is reserved: no round opens until you unfreeze. The{' '}
            {formatMoneyShort(budget.reserved, budget.currency)} reserved already may still be charged when
            their answers come.
          </Text>
          <Button loading={freeze.isPending} onClick={() => freeze.mutate(variables)}>
            Freeze the budget
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
