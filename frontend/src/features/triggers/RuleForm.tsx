import { Button, Group, NumberInput, Select, Stack, Text } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { addRuleMutation, changeRuleMutation } from '@/api/@tanstack/react-query.gen';
import type { ParameterOut, RuleIn, RuleKindOut, RuleOut, RulesOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { ApiError, messageOf } from '@/lib/errors';
import { DryRun } from './DryRun';
import {
  CHOICES,
  newRule,
  RUNS,
  type RuleValues,
  type RunKind,
  ruleErrors,
  ruleValues,
  suffixOf,
  toRule,
  withRule,
} from './rules';

interface RuleFormProps {
  projectId: number;
  found: RulesOut;
  /** None: a new one. */
  rule: RuleOut | null;
  onDone: () => void;
}

type Form = UseFormReturnType<RuleValues>;

/** A rule, new or changed; before it is saved it may be tried on what has happened so far. */
export function RuleForm({ projectId, found, rule, onDone }: RuleFormProps) {
  const [tried, setTried] = useState<RuleIn[] | null>(null);
  const kindOf = (name: string) =>
    found.kinds.find((one) => one.kind === name) ?? (found.kinds[0] as RuleKindOut);
  const form = useForm<RuleValues>({
    initialValues: rule ? ruleValues(rule, kindOf(rule.kind)) : newRule(kindOf('label_count')),
    validate: (values) => ruleErrors(values, kindOf(values.kind)),
  });
  const kind = kindOf(form.values.kind);
  const { onSuccess } = useProjectAction(() => 'The rule holds from now on.');
  const ending = {
    onSuccess: (saved: RuleOut) => {
      onDone();
      return onSuccess(saved);
    },
    onError: (error: unknown) => form.setFieldError(fieldIn(form.values, error), messageOf(error)),
  };
  const add = useMutation({ ...addRuleMutation(), ...ending });
  const change = useMutation({ ...changeRuleMutation(), ...ending });
  const save = (values: RuleValues) => {
    const body = toRule(values, kind);
    if (rule) change.mutate({ path: { project_id: projectId, rule_id: rule.id }, body });
    else add.mutate({ path: { project_id: projectId }, body });
  };
  const attempt = (values: RuleValues) => setTried(withRule(found.rules, rule, toRule(values, kind)));
  return (
    <form noValidate onSubmit={form.onSubmit(save)}>
      <Stack gap="sm">
        {!rule && (
          <KindField form={form} found={found} onKind={(name) => form.setValues(newRule(kindOf(name)))} />
        )}
        <Text size="sm" c="dimmed">
          {kind.sentence}
        </Text>
        {kind.parameters.map((one) => (
          <ParameterField
            key={`${kind.kind} ${one.name}`}
            form={form}
            parameter={one}
            currency={found.currency}
          />
        ))}
        <Select
          label="Starts"
          allowDeselect={false}
          data={kind.run_kinds.map((value) => ({ value, label: RUNS[value as RunKind] }))}
          {...form.getInputProps('run_kind')}
        />
        <NumberInput
          label="With at least"
          description="So many labels must have settled since the last run: one that learns nothing new is never started."
          suffix=" new labels"
          min={1}
          allowDecimal={false}
          hideControls
          {...form.getInputProps('minimum_labels')}
        />
        <Group gap="xs">
          <Button type="submit" loading={add.isPending || change.isPending}>
            {rule ? 'Change the rule' : 'Add the rule'}
          </Button>
          <Button variant="default" onClick={() => form.onSubmit(attempt)()}>
            When would it have fired?
          </Button>
        </Group>
        {tried && <DryRun key={JSON.stringify(tried)} projectId={projectId} rules={tried} />}
      </Stack>
    </form>
  );
}

/** The field that a refusal names; what is about no field of the form is shown under the first. */
function fieldIn(values: RuleValues, error: unknown): string {
  const named = error instanceof ApiError ? (error.field?.split('.').at(-1) ?? '') : '';
  if (named in values.parameters) return `parameters.${named}`;
  const first = Object.keys(values.parameters)[0];
  return named === 'run_kind' || named === 'minimum_labels' ? named : `parameters.${first}`;
}

function KindField({ form, found, onKind }: { form: Form; found: RulesOut; onKind: (kind: string) => void }) {
  return (
    <Select
      label="When"
      allowDeselect={false}
      data-autofocus
      data={found.kinds.map(({ kind, title }) => ({ value: kind, label: title }))}
      value={form.values.kind}
      onChange={(name) => name && onKind(name)}
    />
  );
}

function ParameterField({
  form,
  parameter,
  currency,
}: {
  form: Form;
  parameter: ParameterOut;
  currency: string;
}) {
  const input = form.getInputProps(`parameters.${parameter.name}`);
  if (parameter.unit === 'choice') {
    const data = parameter.choices.map((value) => ({ value, label: CHOICES[value] ?? value }));
    return <Select label={parameter.label} allowDeselect={false} data={data} {...input} />;
  }
  return (
    <NumberInput
      label={parameter.unit === 'money' ? `${parameter.label} (${currency})` : parameter.label}
      suffix={suffixOf(parameter)}
      allowDecimal={!parameter.whole}
      thousandSeparator=","
      hideControls
      {...input}
    />
  );
}
