import { Group, NumberInput, SegmentedControl, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { formatMoney, isCurrency } from '@/lib/money';
import { formatCount } from '@/lib/numbers';
import type { ProjectFormState } from './ClassFields';
import { expectedPrice, labelsBought, type ProjectValues } from './form';

/** Budget and rate card, and what the one buys by the other. */
export function MoneyFields({ form }: { form: ProjectFormState }) {
  const { rate, currency } = form.values;
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-start" grow preventGrowOverflow={false}>
        <NumberInput
          label="Budget"
          description="All that may be spent on labels."
          min={0}
          thousandSeparator=","
          hideControls
          {...form.getInputProps('budget')}
        />
        <TextInput
          label="Currency"
          description="ISO code."
          maxLength={3}
          {...form.getInputProps('currency')}
          onChange={(event) => form.setFieldValue('currency', event.currentTarget.value.toUpperCase())}
        />
      </Group>
      <SegmentedControl
        aria-label="Experts are paid"
        data={[
          { value: 'hourly', label: 'Paid by the hour' },
          { value: 'per_label', label: 'Paid by the label' },
        ]}
        {...form.getInputProps('rate.kind')}
      />
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
        <NumberInput
          label={rate.kind === 'hourly' ? `Rate an hour (${currency})` : `Price a label (${currency})`}
          min={0}
          hideControls
          thousandSeparator=","
          {...form.getInputProps('rate.amount')}
        />
        {rate.kind === 'hourly' && (
          <>
            <NumberInput
              label="Expected seconds a label"
              hideControls
              {...form.getInputProps('rate.expected_seconds')}
            />
            <NumberInput
              label="Charged at most (seconds)"
              hideControls
              {...form.getInputProps('rate.cap_seconds')}
            />
          </>
        )}
      </SimpleGrid>
      <Buys values={form.values} />
    </Stack>
  );
}

function Buys({ values }: { values: ProjectValues }) {
  const price = expectedPrice(values);
  const labels = labelsBought(values);
  if (price === null || !isCurrency(values.currency)) return null;
  return (
    <Text size="sm" role="status">
      {labels === null ? (
        `A label costs ${formatMoney(price, values.currency)}.`
      ) : (
        <>
          A label costs about <b>{formatMoney(price, values.currency)}</b>; the budget buys about{' '}
          <b>{formatCount(labels)}</b>
          {labels < Number(values.gold_size) &&
            `, fewer than the ${formatCount(Number(values.gold_size))} of the gold set alone`}
          .
        </>
      )}
    </Text>
  );
}
