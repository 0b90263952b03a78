import { NumberInput, ScrollArea, Table, Text } from '@mantine/core';
import { ClassName } from '@/components/ClassName';
import { formatMoneyShort, isCurrency } from '@/lib/money';
import type { ProjectFormState } from './ClassFields';
import classes from './CostFields.module.css';
import { MATRIX_LIMIT, type ProjectValues, withMissCost } from './form';

/** What each mistake costs: rows are the truth, columns what the model calls it. */
export function CostFields({ form }: { form: ProjectFormState }) {
  const { classes: labels } = form.values;
  const error = form.errors.costs;
  return (
    <>
      {labels.length > MATRIX_LIMIT ? <MissCosts form={form} /> : <CostMatrix form={form} />}
      {labels.length === 2 && (
        <Text size="xs" c="dimmed" mt={6}>
          {sentence(form.values, 0, 1)} {sentence(form.values, 1, 0)}
        </Text>
      )}
      {error && (
        <Text size="xs" c="var(--bad)" role="alert" mt={4}>
          {error}
        </Text>
      )}
    </>
  );
}

function nameOf(labels: ProjectValues['classes'], index: number): string {
  return labels[index]?.name.trim() || `class ${index + 1}`;
}

function sentence({ classes: labels, costs, currency }: ProjectValues, truth: number, called: number) {
  const cost = costs[truth]?.[called] ?? '';
  const price = isCurrency(currency) ? formatMoneyShort(cost, currency) : cost;
  return `A ${nameOf(labels, truth)} called ${nameOf(labels, called)} costs ${price}.`;
}

function CostMatrix({ form }: { form: ProjectFormState }) {
  const { classes: labels, costs, currency } = form.values;
  return (
    <ScrollArea type="auto" offsetScrollbars="x">
      <Table withRowBorders={false} className={classes.matrix} w="auto">
        <Table.Thead>
          <Table.Tr>
            <Table.Th className={classes.corner}>truth ↓ called →</Table.Th>
            {labels.map((label, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns are known by their place
              <Table.Th key={index} className={classes.called}>
                <ClassName of={{ ...label, name: nameOf(labels, index) }} />
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {costs.map((row, truth) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are known by their place
            <Table.Tr key={truth}>
              <Table.Th scope="row" className={classes.truth}>
                <ClassName of={{ name: nameOf(labels, truth), color: labels[truth]?.color ?? '' }} />
              </Table.Th>
              {row.map((_, called) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells are known by their place
                <Table.Td key={called}>
                  {truth === called ? (
                    <Text size="sm" c="dimmed" ta="center">
                      0
                    </Text>
                  ) : (
                    <NumberInput
                      aria-label={`a ${nameOf(labels, truth)} called ${nameOf(labels, called)} costs (${currency})`}
                      w={labels.length > 6 ? 64 : 96}
                      size="xs"
                      min={0}
                      hideControls
                      thousandSeparator=","
                      {...form.getInputProps(`costs.${truth}.${called}`)}
                    />
                  )}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function MissCosts({ form }: { form: ProjectFormState }) {
  const { classes: labels, costs, currency } = form.values;
  return (
    <div className={classes.misses}>
      {labels.map((_, truth) => (
        <NumberInput
          // biome-ignore lint/suspicious/noArrayIndexKey: classes are known by their place
          key={truth}
          label={`Missing a ${nameOf(labels, truth)} costs (${currency})`}
          min={0}
          hideControls
          thousandSeparator=","
          value={costs[truth]?.[truth === 0 ? 1 : 0] ?? ''}
          error={form.errors[`costs.${truth}.${truth === 0 ? 1 : 0}`]}
          onChange={(cost) => form.setFieldValue('costs', withMissCost(costs, truth, cost))}
        />
      ))}
    </div>
  );
}
