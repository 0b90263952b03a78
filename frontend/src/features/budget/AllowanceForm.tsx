import { Button, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { setAllowanceMutation } from '@/api/@tanstack/react-query.gen';
import type { AllowanceOut, PeopleOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { fieldOf, messageOf } from '@/lib/errors';
import { formatMoneyShort } from '@/lib/money';
import {
  type AllowanceValues,
  allowanceErrors,
  NEW_ALLOWANCE,
  PERIODS,
  replacedBy,
  toAllowance,
} from './allowances';
import { whoseChoices } from './rates';

interface AllowanceFormProps {
  projectId: number;
  currency: string;
  people: Pick<PeopleOut, 'tiers' | 'annotators'>;
  allowances: AllowanceOut[];
  onDone: () => void;
}

/** A limit of the project, a tier or an annotator; one for each and period. */
export function AllowanceForm({ projectId, currency, people, allowances, onDone }: AllowanceFormProps) {
  const form = useForm<AllowanceValues>({
    initialValues: NEW_ALLOWANCE,
    validate: (values) => allowanceErrors(values, currency),
  });
  const { onSuccess } = useProjectAction();
  const set = useMutation({
    ...setAllowanceMutation(),
    onSuccess: (allowance) => {
      onDone();
      return onSuccess(allowance);
    },
    onError: (error) => form.setFieldError(fieldOf(error, form.values, 'limit'), messageOf(error)),
  });
  const replaced = replacedBy(form.values, allowances);
  const project = { group: 'Everybody', items: [{ value: 'project', label: 'The project' }] };
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) =>
        set.mutate({ path: { project_id: projectId }, body: toAllowance(values) }),
      )}
    >
      <Stack gap="xs">
        <Select
          label="Who"
          searchable
          allowDeselect={false}
          data={[project, ...whoseChoices(people)]}
          {...form.getInputProps('whose')}
        />
        <Select
          label="May cost"
          description="Days, weeks from Monday and months are those of UTC."
          allowDeselect={false}
          data={Object.entries(PERIODS).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('period')}
        />
        <NumberInput
          label={`At most (${currency})`}
          min={0}
          decimalScale={4}
          thousandSeparator=","
          hideControls
          {...form.getInputProps('limit')}
        />
        {replaced && (
          <Text size="xs" c="dimmed">
            Replaces the present limit of {formatMoneyShort(replaced.limit, currency)}.
          </Text>
        )}
        <Button type="submit" size="sm" loading={set.isPending}>
          Set the limit
        </Button>
      </Stack>
    </form>
  );
}
