import { Button, NumberInput, Popover, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { lowerBudgetMutation, topUpBudgetMutation } from '@/api/@tanstack/react-query.gen';
import type { BudgetStateOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { fieldOf, messageOf } from '@/lib/errors';
import { formatMoneyShort } from '@/lib/money';
import { type Direction, limitAfter, type MovementValues, movementError, toMovement } from './movement';

const WORDS = {
  'top-up': { button: 'Top up…', label: 'Raise the limit by', submit: 'Top up the budget' },
  lower: { button: 'Lower…', label: 'Lower the limit by', submit: 'Lower the budget' },
};

interface MoveBudgetButtonProps {
  projectId: number;
  budget: BudgetStateOut;
  direction: Direction;
  /** A link led here to do just this. */
  opened?: boolean;
}

/** Changes the limit by an amount; the ledger keeps who did it and why. */
export function MoveBudgetButton({ projectId, budget, direction, opened = false }: MoveBudgetButtonProps) {
  const [asking, setAsking] = useState(opened);
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
        <Button variant={direction === 'lower' ? 'default' : 'filled'} onClick={() => setAsking(!asking)}>
          {WORDS[direction].button}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <MovementForm
          projectId={projectId}
          budget={budget}
          direction={direction}
          onDone={() => setAsking(false)}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

interface MovementFormProps {
  projectId: number;
  budget: BudgetStateOut;
  direction: Direction;
  onDone: () => void;
}

export function MovementForm({ projectId, budget, direction, onDone }: MovementFormProps) {
  const { currency } = budget;
  const form = useForm<MovementValues>({
    initialValues: { amount: '', note: '' },
    validate: { amount: (amount) => movementError(amount, direction, budget) },
  });
  const { onSuccess } = useProjectAction(
    (after: BudgetStateOut) => `The limit is ${formatMoneyShort(after.limit, currency)} now.`,
  );
  const move = useMutation({
    ...(direction === 'lower' ? lowerBudgetMutation() : topUpBudgetMutation()),
    onSuccess: (after) => {
      onDone();
      return onSuccess(after);
    },
    onError: (error) => form.setFieldError(fieldOf(error, form.values, 'amount'), messageOf(error)),
  });
  const after = limitAfter(form.values.amount, direction, budget);
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) =>
        move.mutate({ path: { project_id: projectId }, body: toMovement(values) }),
      )}
    >
      <Stack gap="xs">
        <NumberInput
          label={`${WORDS[direction].label} (${currency})`}
          min={0}
          decimalScale={4}
          thousandSeparator=","
          hideControls
          data-autofocus
          {...form.getInputProps('amount')}
        />
        <TextInput label="Why" maxLength={400} placeholder="optional" {...form.getInputProps('note')} />
        <Text size="xs" c="dimmed" mih="1.5em">
          {after !== null && `The limit becomes ${formatMoneyShort(after, currency)}.`}
        </Text>
        <Button type="submit" size="sm" loading={move.isPending}>
          {WORDS[direction].submit}
        </Button>
      </Stack>
    </form>
  );
}
