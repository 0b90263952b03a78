import { Button, Group, NumberInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { updateProjectMutation } from '@/api/@tanstack/react-query.gen';
import type { BudgetOut, ProjectOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { messageOf } from '@/lib/errors';
import { formatMoneyShort } from '@/lib/money';
import { BUDGET_FIELD } from '@/lib/search';

interface BudgetFormProps {
  projectId: number;
  budget: BudgetOut;
  /** The link that led here asked for this field. */
  focused: boolean;
}

/** Raises or lowers the limit; what is spent or reserved already bounds it from below. */
export function BudgetForm({ projectId, budget, focused }: BudgetFormProps) {
  const form = useForm<{ budget: number | string }>({
    initialValues: { budget: Number(budget.limit) },
    validate: { budget: (limit) => (limit === '' ? 'Enter an amount.' : null) },
  });
  const { onSuccess } = useProjectAction(
    (project: ProjectOut) =>
      `The budget is ${formatMoneyShort(project.budget.limit, project.budget.currency)} now.`,
  );
  const change = useMutation({
    ...updateProjectMutation(),
    onSuccess,
    onError: (error) => form.setFieldError('budget', messageOf(error)),
  });
  const submit = form.onSubmit((body) => change.mutate({ path: { project_id: projectId }, body }));
  return (
    <form onSubmit={submit} noValidate>
      <Group gap="xs" align="flex-end" mt="xs">
        <NumberInput
          id={BUDGET_FIELD}
          label={`Budget (${budget.currency})`}
          min={0}
          decimalScale={4}
          thousandSeparator=","
          hideControls
          autoFocus={focused}
          w={280}
          inputWrapperOrder={['label', 'error', 'input']}
          {...form.getInputProps('budget')}
        />
        <Button type="submit" size="sm" loading={change.isPending} disabled={!form.isDirty()}>
          Change the budget
        </Button>
      </Group>
    </form>
  );
}
