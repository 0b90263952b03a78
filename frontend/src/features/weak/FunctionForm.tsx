import { Alert, Button, Code, Group, Stack, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import {
  previewLabelingFunctionMutation,
  saveLabelingFunctionMutation,
} from '@/api/@tanstack/react-query.gen';
import type { WeakLabelsOut, WeakSourceOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { fieldOf, messageOf } from '@/lib/errors';
import { PreviewTable } from './PreviewTable';
import { SourceTerms } from './TableForm';

interface Values {
  name: string;
  /** Percent. */
  claimed_accuracy: number;
  code: string;
}

/** A first function for these classes and this metadata, to be changed. */
function example({ classes, metadata_keys: [key] }: WeakLabelsOut): string {
  const condition = key ? `sample.metadata.get("${key}") == "…"` : '"…" in sample.name';
  return `def label(sample):\n    if ${condition}:\n        return "${classes.at(-1)?.name ?? '…'}"\n    return None\n`;
}

/** Python over what is known of samples: tried on some of them, then saved and run over all. */
export function FunctionForm({ projectId, weak }: { projectId: number; weak: WeakLabelsOut }) {
  const path = { project_id: projectId };
  const form = useForm<Values>({
    initialValues: { name: '', claimed_accuracy: 80, code: example(weak) },
    validate: {
      name: (name) => (name.trim() ? null : 'Name the source.'),
      code: (code) => (code.trim() ? null : 'Write a function.'),
    },
  });
  const failed = (error: unknown) => {
    form.setFieldError(fieldOf<keyof Values>(error, form.values, 'code'), messageOf(error));
  };
  const preview = useMutation({ ...previewLabelingFunctionMutation(), onError: failed });
  const { onSuccess } = useProjectAction((source: WeakSourceOut) => `${source.name} is run over the pool.`);
  const save = useMutation({
    ...saveLabelingFunctionMutation(),
    onSuccess: (source) => {
      form.reset();
      preview.reset();
      return onSuccess(source);
    },
    onError: failed,
  });
  const look = () => {
    form.clearErrors();
    preview.mutate({ path, body: { code: form.values.code } });
  };
  const submit = form.onSubmit(({ name, claimed_accuracy: percent, code }) =>
    save.mutate({ path, body: { name, code, claimed_accuracy: percent / 100 } }),
  );
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Alert color="yellow" variant="light" p="xs">
          The code runs on this server, in a process of its own with a time and memory limit, but{' '}
          <b>without a sandbox</b>: it may do whatever this server’s user may. Only managers may enter it.
        </Alert>
        <Text size="sm" c="dimmed">
          <Code>label(sample)</Code> returns the name of a class, or None to abstain. A sample has{' '}
          <Code>name</Code>, <Code>group</Code>, <Code>width</Code>, <Code>height</Code> and{' '}
          <Code>metadata</Code>
          {weak.metadata_keys.length > 0 ? ` (${weak.metadata_keys.join(', ')}; all text).` : '.'}
        </Text>
        <Textarea
          label="Function"
          autosize
          minRows={5}
          maxRows={20}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          {...form.getInputProps('code')}
        />
        <SourceTerms form={form} />
        <Group gap="xs">
          <Button variant="default" loading={preview.isPending} onClick={look}>
            Try on 20 samples
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save and run
          </Button>
        </Group>
        {preview.data && <PreviewTable rows={preview.data} classes={weak.classes} />}
      </Stack>
    </form>
  );
}
