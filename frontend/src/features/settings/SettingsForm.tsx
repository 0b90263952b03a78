import { Button, Group, NumberInput, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { updateProjectMutation } from '@/api/@tanstack/react-query.gen';
import type { ProjectOut } from '@/api/types.gen';
import { Panel } from '@/components/Panel';
import { useProjectAction } from '@/hooks/use-project-action';
import { fieldOf, messageOf } from '@/lib/errors';
import { type SettingsValues, settingsErrors, settingsValues, toPatch } from './settings';

type Form = UseFormReturnType<SettingsValues>;

/** How the project runs: its rounds, what quality is worth, how its answers are checked. */
export function SettingsForm({ project }: { project: ProjectOut }) {
  const { currency } = project.budget;
  const form = useForm<SettingsValues>({
    initialValues: settingsValues(project),
    validate: (values) => settingsErrors(values, currency),
  });
  const { onSuccess } = useProjectAction(() => 'The settings hold from the next round on.');
  const change = useMutation({
    ...updateProjectMutation(),
    onSuccess: (after: ProjectOut) => {
      const now = settingsValues(after);
      form.setInitialValues(now);
      form.setValues(now);
      return onSuccess(after);
    },
    onError: (error) => form.setFieldError(fieldOf(error, form.values, 'name'), messageOf(error)),
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) =>
        change.mutate({ path: { project_id: project.id }, body: toPatch(values, form.getInitialValues()) }),
      )}
    >
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm">
          <Rounds form={form} />
          <Stack gap="sm">
            <Worth form={form} currency={currency} />
            <Answers form={form} />
          </Stack>
          <Honeypots form={form} />
          <Blind form={form} />
          <Robustness form={form} currency={currency} />
        </SimpleGrid>
        <Group>
          <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
            Save the settings
          </Button>
          <Button variant="default" disabled={!form.isDirty()} onClick={() => form.reset()}>
            Undo the changes
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Rounds({ form }: { form: Form }) {
  return (
    <Panel title="Rounds">
      <Stack gap="sm">
        <TextInput label="Name" {...form.getInputProps('name')} />
        <Count form={form} field="round_size" label="Samples a round" />
        <Percent
          form={form}
          field="control_share"
          label="Random control"
          description="So much of each round is drawn by chance: it shows what choosing actively saves."
        />
        <Count
          form={form}
          field="item_days"
          label="Days to answer"
          description="What nobody answers in time is withdrawn, and its money is free again."
        />
        <Switch
          label="Autopilot"
          description="Rounds open and training starts by themselves."
          {...form.getInputProps('autopilot', { type: 'checkbox' })}
        />
        <Switch
          label="A manager approves each plan"
          description="Who answers what, and for how much, waits for a manager’s word before money is reserved."
          {...form.getInputProps('plan_approval', { type: 'checkbox' })}
        />
      </Stack>
    </Panel>
  );
}

function Worth({ form, currency }: { form: Form; currency: string }) {
  return (
    <Panel title="What quality is worth">
      <Stack gap="sm">
        <NumberInput
          label="Samples decided on a year"
          description="Makes a better model worth money: without it no forecast says when to stop."
          min={1}
          thousandSeparator=","
          hideControls
          {...form.getInputProps('yearly_volume')}
        />
        <NumberInput
          label={`Target: expected cost a sample, in ${currency}`}
          description="Good enough. Forecasts say what it costs to get there."
          min={0}
          decimalScale={4}
          hideControls
          {...form.getInputProps('target_cost')}
        />
        <NumberInput
          label={`Price of an hour of training, in ${currency}`}
          description="Shows what a run costs beside how long it takes; nothing of it is taken from the budget."
          min={0}
          decimalScale={4}
          hideControls
          {...form.getInputProps('compute_price')}
        />
      </Stack>
    </Panel>
  );
}

function Answers({ form }: { form: Form }) {
  return (
    <Panel title="Answers">
      <Stack gap="sm">
        <Count
          form={form}
          field="gold_answers"
          label="Answers a gold sample"
          description="By as many experts, if there are. From three on, each can be judged by the others."
        />
        <Percent
          form={form}
          field="agreement_bar"
          label="Agreement bar"
          description="A label that is less sure is asked about again."
        />
      </Stack>
    </Panel>
  );
}

function Honeypots({ form }: { form: Form }) {
  return (
    <Panel title="Honeypots">
      <Stack gap="sm">
        <Percent
          form={form}
          field="honeypot_share"
          label="Share of a round"
          description="Gold of known answer, mixed in; nobody who answers is told. Each costs as much as any answer."
        />
        <Percent
          form={form}
          field="honeypot_bar"
          label="Bar"
          description="Whoever is right in less of them is paused, and the managers are told."
        />
        <Count
          form={form}
          field="honeypot_minimum"
          label="After at least"
          description="So many honeypots must be answered before they pause anybody."
        />
        <Switch
          label="Annotators see how they did"
          description="Right or wrong appears beside their answer to a honeypot, once it is given."
          {...form.getInputProps('honeypot_feedback', { type: 'checkbox' })}
        />
      </Stack>
    </Panel>
  );
}

function Blind({ form }: { form: Form }) {
  return (
    <Panel title="Blind items">
      <Percent
        form={form}
        field="blind_share"
        label="Share of the items"
        description="Drawn by chance, they go out without prediction and heatmap: the Quality page compares them with the others."
      />
    </Panel>
  );
}

function Robustness({ form, currency }: { form: Form; currency: string }) {
  return (
    <Panel title="What must not fool it">
      <Stack gap="sm">
        <Percent
          form={form}
          field="foreign_share"
          label="Taken for foreign by mistake"
          description="Samples unlike what the model learned from are set aside instead of paid for, and predictions of them are marked. The more mistakes are allowed, the more is caught; 0 guards nothing."
        />
        <NumberInput
          label={`Corruptions may cost (${currency} a sample)`}
          description="On average over blur, noise and the like. A challenger that passes a bound is not promoted; empty asks for nothing, and nothing is measured."
          min={0}
          hideControls
          {...form.getInputProps('corruption_bound')}
        />
        <Percent
          form={form}
          field="noise_bound"
          label="Noise may change"
          description="Of its decisions, by noise of 4 of 255 levels."
        />
        <Percent
          form={form}
          field="nonsense_bound"
          label="May be sure of"
          description="Of nonsense pictures, as sure as it is of right answers."
        />
      </Stack>
    </Panel>
  );
}

interface FieldProps {
  form: Form;
  field: keyof SettingsValues;
  label: string;
  description?: string;
}

function Percent({ form, field, ...texts }: FieldProps) {
  return <NumberInput {...texts} suffix="%" min={0} hideControls {...form.getInputProps(field)} />;
}

function Count({ form, field, ...texts }: FieldProps) {
  return <NumberInput {...texts} min={1} allowDecimal={false} hideControls {...form.getInputProps(field)} />;
}
