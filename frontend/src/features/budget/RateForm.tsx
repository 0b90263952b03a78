import { Button, Group, NumberInput, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { addRateMutation } from '@/api/@tanstack/react-query.gen';
import type { PeopleOut, RateCardOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { fieldOf, messageOf } from '@/lib/errors';
import { formatMoney } from '@/lib/money';
import { NEW_RATE, ofWhom, type RateValues, rateErrors, toNewRate, whoseChoices } from './rates';

interface RateFormProps {
  projectId: number;
  currency: string;
  people: Pick<PeopleOut, 'tiers' | 'annotators'>;
  onDone: () => void;
}

/** A new rate of a tier or an annotator; what was charged before keeps its own. */
export function RateForm({ projectId, currency, people, onDone }: RateFormProps) {
  const form = useForm<RateValues>({
    initialValues: NEW_RATE,
    validate: (values) => rateErrors(values, currency),
  });
  const { onSuccess } = useProjectAction(
    (card: RateCardOut) => `${ofWhom(card)}: about ${formatMoney(card.expected_price, currency)} a label.`,
  );
  const add = useMutation({
    ...addRateMutation(),
    onSuccess: (card) => {
      onDone();
      return onSuccess(card);
    },
    onError: (error) => form.setFieldError(fieldOf(error, form.values, 'whose'), messageOf(error)),
  });
  const hourly = form.values.kind === 'hourly';
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) =>
        add.mutate({ path: { project_id: projectId }, body: toNewRate(values) }),
      )}
    >
      <Stack gap="xs">
        <Select
          label="Whose"
          placeholder="A tier or an annotator"
          searchable
          data={whoseChoices(people)}
          {...form.getInputProps('whose')}
        />
        <SegmentedControl
          size="xs"
          aria-label="Paid"
          data={[
            { value: 'hourly', label: 'By the hour' },
            { value: 'per_label', label: 'By the label' },
          ]}
          {...form.getInputProps('kind')}
        />
        <NumberInput
          label={`${hourly ? 'Amount an hour' : 'Amount a label'} (${currency})`}
          min={0}
          decimalScale={4}
          thousandSeparator=","
          hideControls
          {...form.getInputProps('amount')}
        />
        {hourly && (
          <Group gap="xs" grow align="flex-start">
            <NumberInput
              label="Expected seconds"
              min={0}
              hideControls
              {...form.getInputProps('expected_seconds')}
            />
            <NumberInput label="Paid at most" min={0} hideControls {...form.getInputProps('cap_seconds')} />
          </Group>
        )}
        <TextInput
          type="datetime-local"
          label="From (your time)"
          description="Empty: from now on. Answers given before keep the rate of their time."
          {...form.getInputProps('effective_from')}
        />
        <Button type="submit" size="sm" loading={add.isPending}>
          Add the rate
        </Button>
      </Stack>
    </form>
  );
}
