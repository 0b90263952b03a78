import { Button, NumberInput, Popover, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { changeBudgetRulesMutation } from '@/api/@tanstack/react-query.gen';
import type { BudgetStateOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { fieldOf, messageOf } from '@/lib/errors';
import { type RulesValues, rulesErrors, rulesValues, toRules } from './rules';

interface RulesProps {
  projectId: number;
  budget: BudgetStateOut;
}

/** What an answer may cost beyond its reservation, from now on. */
export function RulesButton({ projectId, budget }: RulesProps) {
  const [asking, setAsking] = useState(false);
  return (
    <Popover
      opened={asking}
      onChange={setAsking}
      width={300}
      position="bottom-start"
      withArrow
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Button variant="default" onClick={() => setAsking(!asking)}>
          Rules…
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <RulesForm projectId={projectId} budget={budget} onDone={() => setAsking(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

export function RulesForm({ projectId, budget, onDone }: RulesProps & { onDone: () => void }) {
  const form = useForm<RulesValues>({ initialValues: rulesValues(budget), validate: rulesErrors });
  const { onSuccess } = useProjectAction(() => 'The rules hold for every answer from now on.');
  const change = useMutation({
    ...changeBudgetRulesMutation(),
    onSuccess: (after) => {
      onDone();
      return onSuccess(after);
    },
    onError: (error) => form.setFieldError(fieldOf(error, form.values, 'overrun_percent'), messageOf(error)),
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) =>
        change.mutate({ path: { project_id: projectId }, body: toRules(values) }),
      )}
    >
      <Stack gap="xs">
        <NumberInput
          label="Allowed overrun"
          description="How much more than its reservation an answer may cost. What is above is owed until you approve or waive it."
          suffix="%"
          min={0}
          hideControls
          data-autofocus
          {...form.getInputProps('overrun_percent')}
        />
        <NumberInput
          label="Cap on the time, in medians"
          description="Nobody is paid for more than so many medians of their tier’s latest times. Both the measured and the paid time are kept."
          min={1}
          hideControls
          {...form.getInputProps('median_factor')}
        />
        <Button type="submit" size="sm" loading={change.isPending} disabled={!form.isDirty()}>
          Change the rules
        </Button>
      </Stack>
    </form>
  );
}
