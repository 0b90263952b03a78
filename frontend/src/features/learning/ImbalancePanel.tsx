import { Button, Group, NumberInput, Radio, SimpleGrid, Stack, Switch, Text } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { changeImbalanceMutation, getImbalanceOptions } from '@/api/@tanstack/react-query.gen';
import type { ImbalanceOptions } from '@/api/types.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useMay } from '@/hooks/use-may';
import { useProjectAction } from '@/hooks/use-project-action';
import { fieldOf, messageOf } from '@/lib/errors';
import { type ImbalanceValues, imbalanceErrors, METHODS, optionsOf, valuesOf, WEIGHTS } from './imbalance';

type Form = UseFormReturnType<ImbalanceValues>;

/** How training meets rare classes and dear mistakes. */
export function ImbalancePanel({ projectId }: { projectId: number }) {
  const options = useQuery(getImbalanceOptions({ path: { project_id: projectId } }));
  if (options.isError && !options.data)
    return <ErrorNotice error={options.error} onRetry={() => options.refetch()} />;
  if (!options.data) return <Skeletons heights={[420]} />;
  return <ImbalanceForm projectId={projectId} options={options.data} />;
}

function ImbalanceForm({ projectId, options }: { projectId: number; options: ImbalanceOptions }) {
  const mayChange = useMay(projectId, 'change_settings');
  const form = useForm<ImbalanceValues>({ initialValues: valuesOf(options), validate: imbalanceErrors });
  const { onSuccess } = useProjectAction(() => 'The next training run learns this way.');
  const change = useMutation({
    ...changeImbalanceMutation(),
    onSuccess: (after: ImbalanceOptions) => {
      form.setInitialValues(valuesOf(after));
      form.setValues(valuesOf(after));
      return onSuccess(after);
    },
    onError: (error) => form.setFieldError(fieldOf(error, form.values, 'weights'), messageOf(error)),
  });
  return (
    <Panel title="Rare classes and dear mistakes">
      <Text size="sm" c="dimmed" mb="sm">
        No option beat the default on all of the pools that we measured; try another where a reason below
        fits, and let gold judge the version that comes of it. Whatever is chosen, probabilities are
        calibrated on gold and decisions follow expected cost.
      </Text>
      <form
        noValidate
        onSubmit={form.onSubmit((values) =>
          change.mutate({ path: { project_id: projectId }, body: optionsOf(values) }),
        )}
      >
        <fieldset disabled={!mayChange} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
            <Loss form={form} />
            <Sampling form={form} />
          </SimpleGrid>
          {mayChange && (
            <Group mt="sm">
              <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
                Learn this way
              </Button>
              <Button variant="default" disabled={!form.isDirty()} onClick={() => form.reset()}>
                Undo the changes
              </Button>
            </Group>
          )}
        </fieldset>
      </form>
    </Panel>
  );
}

function Loss({ form }: { form: Form }) {
  return (
    <Stack gap="sm">
      <Choices form={form} field="weights" label="What a label weighs" choices={WEIGHTS} />
      {form.values.weights === 'effective_number' && (
        <Figure
          form={form}
          field="beta"
          label="Beta"
          description="From 1/(1 − beta) labels on a class has told nearly all: 0.99 is a hundred, 0.999 a thousand."
        />
      )}
      <Switch
        label="Weigh by what a miss costs"
        description="When the model misses dear classes even where it is sure. Decisions weigh costs in any case."
        {...form.getInputProps('cost_weighted', { type: 'checkbox' })}
      />
      <Figure
        form={form}
        field="focal_gamma"
        label="Focus on what is not recognised yet"
        description="Focal loss, 0 is without, 2 is usual: when easy samples are so many that they drown the others."
      />
      <Figure
        form={form}
        field="logit_adjustment"
        label="Wider margin for rare classes"
        description="Logit adjustment, 0 is without, 1 is balanced softmax: instead of weights, where a few rare labels should not be learned by heart."
      />
    </Stack>
  );
}

function Sampling({ form }: { form: Form }) {
  return (
    <Stack gap="sm">
      <Choices form={form} field="method" label="Which labels are learned from" choices={METHODS} />
      {form.values.method !== 'all' && (
        <Figure
          form={form}
          field="ratio"
          label="Common to rare, at most"
          description="How many times as frequent as the rarest class the commonest may be."
        />
      )}
    </Stack>
  );
}

interface ChoicesProps {
  form: Form;
  field: 'weights' | 'method';
  label: string;
  choices: { value: string; label: string; when: string }[];
}

function Choices({ form, field, label, choices }: ChoicesProps) {
  return (
    <Radio.Group label={label} {...form.getInputProps(field)}>
      <Stack gap="xs" mt="xs">
        {choices.map((one) => (
          <Radio key={one.value} value={one.value} label={one.label} description={one.when} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

interface FigureProps {
  form: Form;
  field: 'beta' | 'focal_gamma' | 'logit_adjustment' | 'ratio';
  label: string;
  description: string;
}

function Figure({ form, field, ...texts }: FigureProps) {
  return <NumberInput {...texts} min={0} decimalScale={4} hideControls {...form.getInputProps(field)} />;
}
