import { Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { undoMergeMutation } from '@/api/@tanstack/react-query.gen';
import type { MergeOut } from '@/api/types.gen';
import { ConfirmButton } from '@/components/ConfirmButton';
import { Time } from '@/components/Time';
import { useProjectAction } from '@/hooks/use-project-action';
import classes from './ClassesPanel.module.css';
import { placeOf, USE_LABELS } from './merges';

interface MergeRowProps {
  merge: MergeOut;
  projectId: number;
  mayChange: boolean;
}

/** Classes that are one now. */
export function MergeRow({ merge, projectId, mayChange }: MergeRowProps) {
  const undo = useMutation({
    ...undoMergeMutation(),
    ...useProjectAction(() => `${merge.name}: told apart again from the next training run on.`),
  });
  return (
    <div className={classes.merge} data-testid="merge">
      <Stack gap={0}>
        <Text size="sm" fw={600}>
          {merge.name}
        </Text>
        <Text size="sm" c="dimmed">
          One in {USE_LABELS[placeOf(merge)].toLowerCase()}, merged <Time at={merge.made_at} /> by{' '}
          {merge.made_by}
        </Text>
      </Stack>
      {mayChange && (
        <ConfirmButton
          label="Undo"
          does="Tell them apart again"
          aria-label={`Undo the merge of ${merge.name}`}
          loading={undo.isPending}
          onConfirm={() => undo.mutate({ path: { project_id: projectId, merge_id: merge.id } })}
        >
          The next training run tells them apart and counts their confusions again. No answer or label
          changes; the merge stays in the history.
        </ConfirmButton>
      )}
    </div>
  );
}
