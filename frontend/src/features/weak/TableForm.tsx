import { Button, FileInput, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { importWeakTableMutation, lookIntoWeakTableMutation } from '@/api/@tanstack/react-query.gen';
import type { TableLookOut, WeakLabelsOut, WeakSourceOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { fieldOf, messageOf } from '@/lib/errors';
import { LookTable } from './LookTable';

interface Values {
  file: File | null;
  name: string;
  /** Percent. */
  claimed_accuracy: number;
  key: string;
  label: string;
  confidence: string;
  metadata_key: string;
}

const EMPTY: Values = {
  file: null,
  name: '',
  claimed_accuracy: 80,
  key: '',
  label: '',
  confidence: '',
  metadata_key: '',
};

interface TableFormProps {
  projectId: number;
  weak: WeakLabelsOut;
  /** Rows are keyed by the samples' metadata rather than by the samples. */
  join: boolean;
}

/** A CSV or Parquet file: looked into, its columns chosen, imported. */
export function TableForm({ projectId, weak, join }: TableFormProps) {
  const path = { project_id: projectId };
  const form = useForm<Values>({
    initialValues: EMPTY,
    validate: {
      file: (file) => (file ? null : 'Choose a file.'),
      name: (name) => (name.trim() ? null : 'Name the source.'),
      key: (key) => (key ? null : 'Choose the column of keys.'),
      label: (label) => (label ? null : 'Choose the column of classes.'),
      metadata_key: (key) => (key || !join ? null : 'Choose what of the metadata the keys are.'),
    },
  });
  const look = useMutation({
    ...lookIntoWeakTableMutation(),
    onSuccess: (found: TableLookOut) =>
      form.setValues({ key: join ? '' : found.key, label: found.label, confidence: found.confidence }),
    onError: (error) => form.setFieldError('file', messageOf(error)),
  });
  const { onSuccess } = useProjectAction((source: WeakSourceOut) => `${source.name} is being read.`);
  const start = useMutation({
    ...importWeakTableMutation(),
    onSuccess: (source) => {
      form.reset();
      look.reset();
      return onSuccess(source);
    },
    onError: (error) => {
      form.setFieldError(fieldOf<keyof Values>(error, EMPTY, 'file'), messageOf(error));
    },
  });
  const choose = (file: File | null) => {
    form.setFieldValue('file', file);
    form.clearFieldError('file');
    look.reset();
    if (!file) return;
    if (!form.values.name) form.setFieldValue('name', file.name.replace(/\.\w+$/, ''));
    look.mutate({ path, body: { file } });
  };
  const submit = form.onSubmit(({ file, claimed_accuracy: percent, ...values }) => {
    if (file) start.mutate({ path, body: { ...values, file, claimed_accuracy: percent / 100 } });
  });
  const columns = look.data?.columns ?? [];
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {join
            ? 'A public table, keyed by something that the samples’ metadata holds (a maker, a place, a batch): each row labels every sample with that key.'
            : 'A row a sample: its name, content hash or id, and its class. Bad rows are refused one by one, the rest goes in. The same name again replaces the table.'}
        </Text>
        <FileInput
          label="CSV or Parquet file"
          placeholder="Choose a file"
          accept=".csv,.parquet"
          clearable
          {...form.getInputProps('file')}
          onChange={choose}
        />
        {look.data && <LookTable look={look.data} />}
        <Group grow align="flex-start">
          <Select label="Key column" data={columns} disabled={!look.data} {...form.getInputProps('key')} />
          <Select
            label="Class column"
            data={columns}
            disabled={!look.data}
            {...form.getInputProps('label')}
          />
        </Group>
        {join ? (
          <Select
            label="The keys are the samples’"
            description={
              weak.metadata_keys.length === 0
                ? 'No sample has metadata: it comes with a table that the pool is imported by.'
                : undefined
            }
            data={weak.metadata_keys}
            {...form.getInputProps('metadata_key')}
          />
        ) : (
          <Select
            label="Confidence column"
            description="How sure the source itself is, 0 to 1. May stay empty."
            data={columns}
            clearable
            disabled={!look.data}
            {...form.getInputProps('confidence')}
            value={form.values.confidence || null}
            onChange={(value) => form.setFieldValue('confidence', value ?? '')}
          />
        )}
        <SourceTerms form={form} />
        <Button type="submit" loading={start.isPending} style={{ alignSelf: 'flex-start' }}>
          Import labels
        </Button>
      </Stack>
    </form>
  );
}

/** What every source has: a name, and what it claims. */
export function SourceTerms({
  form,
}: {
  form: { getInputProps: (field: 'name' | 'claimed_accuracy') => object };
}) {
  return (
    <Group grow align="flex-start">
      <TextInput label="Name" maxLength={120} {...form.getInputProps('name')} />
      <NumberInput
        label="Claimed accuracy"
        suffix="%"
        min={1}
        max={99}
        description="Holds until experts have checked it."
        {...form.getInputProps('claimed_accuracy')}
      />
    </Group>
  );
}
