import { Button, Checkbox, Group, Stack, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { commentOnSampleMutation } from '@/api/@tanstack/react-query.gen';
import type { CommentOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { messageOf } from '@/lib/errors';

interface CommentFormProps {
  projectId: number;
  sampleId: number;
  /** After it was sent. */
  onDone?: () => void;
}

/** Says something about a sample, or disputes its label. */
export function CommentForm({ projectId, sampleId, onDone }: CommentFormProps) {
  const form = useForm({
    initialValues: { text: '', disputes: false },
    validate: { text: (text) => (text.trim() ? null : 'Say what it is about.') },
  });
  const { onSuccess } = useProjectAction((made: CommentOut) =>
    made.disputes ? 'The managers are told.' : 'Your comment is there.',
  );
  const comment = useMutation({
    ...commentOnSampleMutation(),
    onSuccess: (made) => {
      form.reset();
      onDone?.();
      return onSuccess(made);
    },
    onError: (error) => form.setFieldError('text', messageOf(error)),
  });
  const submit = form.onSubmit((body) =>
    comment.mutate({ path: { project_id: projectId, sample_id: sampleId }, body }),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="xs">
        <Textarea
          label="Your comment"
          autosize
          minRows={2}
          maxRows={8}
          maxLength={1000}
          {...form.getInputProps('text')}
        />
        <Checkbox
          label="This disputes the label: a manager is asked to look"
          {...form.getInputProps('disputes', { type: 'checkbox' })}
        />
        <Group>
          <Button type="submit" variant="default" loading={comment.isPending}>
            {form.values.disputes ? 'Dispute the label' : 'Comment'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
