import { Alert, Button, Checkbox, Radio, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { mergeClassesMutation, previewMergeOptions } from '@/api/@tanstack/react-query.gen';
import type { LabelClassOut, ProjectOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { useProjectAction } from '@/hooks/use-project-action';
import { messageOf } from '@/lib/errors';
import { flagsOf, labelsSentence, previewSentences, USE_LABELS, USE_REASONS, USES, type Use } from './merges';

interface MergeFormProps {
  project: ProjectOut;
  /** Those that stand in no merge. */
  free: LabelClassOut[];
  onDone: () => void;
}

/** Which classes become one, where, and what that would cost or save. */
export function MergeForm({ project, free, onDone }: MergeFormProps) {
  const [chosen, setChosen] = useState<string[]>([]);
  const [use, setUse] = useState<Use>('evaluation');
  const { onSuccess } = useProjectAction(() => 'They are one from the next training run on.');
  const merge = useMutation({
    ...mergeClassesMutation(),
    onSuccess: (made) => {
      onDone();
      return onSuccess(made);
    },
  });
  const ids = chosen.map(Number);
  return (
    <Stack gap="sm">
      <Checkbox.Group
        label="Classes"
        description="Annotators keep answering each of them."
        value={chosen}
        onChange={setChosen}
      >
        <Stack gap="xs" mt="xs">
          {free.map((one) => (
            <Checkbox
              key={one.id}
              value={String(one.id)}
              label={<ClassName of={one} />}
              aria-label={one.name}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <Radio.Group label="One in" value={use} onChange={(value) => setUse(value as Use)}>
        <Stack gap="xs" mt="xs">
          {USES.map((one) => (
            <Radio key={one} value={one} label={USE_LABELS[one]} description={USE_REASONS[one]} />
          ))}
        </Stack>
      </Radio.Group>
      {ids.length > 1 && <Preview project={project} ids={ids} use={use} />}
      {merge.isError && (
        <Alert color="red" role="alert">
          {messageOf(merge.error)}
        </Alert>
      )}
      <Button
        disabled={ids.length < 2}
        loading={merge.isPending}
        onClick={() =>
          merge.mutate({ path: { project_id: project.id }, body: { class_ids: ids, ...flagsOf(use) } })
        }
      >
        {ids.length < 2 ? 'Choose at least two classes' : `Merge ${ids.length} classes`}
      </Button>
    </Stack>
  );
}

function Preview({ project, ids, use }: { project: ProjectOut; ids: number[]; use: Use }) {
  const preview = useQuery(
    previewMergeOptions({ path: { project_id: project.id }, query: { class_ids: ids } }),
  );
  if (preview.isError) return <Alert color="red">{messageOf(preview.error)}</Alert>;
  if (!preview.data) return <Text size="sm">Looking at what the champion confuses…</Text>;
  return (
    <Stack gap={4} data-testid="merge-preview" role="status">
      <Text size="sm" fw={600}>
        What it would change
      </Text>
      {previewSentences(preview.data, use, project.budget.currency).map((sentence) => (
        <Text size="sm" key={sentence}>
          {sentence}
        </Text>
      ))}
      <Text size="sm" c="dimmed">
        {labelsSentence(preview.data)}
      </Text>
    </Stack>
  );
}
