import { Badge, Button, Checkbox, Group, Stack, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { commentOnSampleMutation, resolveDisputeMutation } from '@/api/@tanstack/react-query.gen';
import type { CommentOut, SampleDetailOut } from '@/api/types.gen';
import { Panel } from '@/components/Panel';
import { Time } from '@/components/Time';
import { useMay } from '@/hooks/use-may';
import { useProjectAction } from '@/hooks/use-project-action';
import { messageOf } from '@/lib/errors';
import classes from './Discussion.module.css';

interface DiscussionProps {
  projectId: number;
  sample: SampleDetailOut;
}

/** What people say about the sample; a dispute stays open until a manager corrects the label or lets it stand. */
export function Discussion({ projectId, sample }: DiscussionProps) {
  const mayComment = useMay(projectId, 'comment');
  const open = sample.comments.filter((one) => one.disputes && !one.resolved_at).length;
  return (
    <Panel title={open > 0 ? 'The label is disputed' : 'Comments and disputes'}>
      {sample.comments.length === 0 && (
        <Text size="sm" c="dimmed" mb="xs">
          {mayComment ? 'Nothing said yet. Dispute the label if it looks wrong to you.' : 'Nothing said yet.'}
        </Text>
      )}
      <ul className={classes.comments}>
        {sample.comments.map((comment) => (
          <Comment key={comment.id} projectId={projectId} sampleId={sample.id} comment={comment} />
        ))}
      </ul>
      {mayComment && <CommentForm projectId={projectId} sampleId={sample.id} />}
    </Panel>
  );
}

interface CommentProps {
  projectId: number;
  sampleId: number;
  comment: CommentOut;
}

function Comment({ projectId, sampleId, comment }: CommentProps) {
  const mayResolve = useMay(projectId, 'correct_labels');
  const resolve = useMutation({
    ...resolveDisputeMutation(),
    ...useProjectAction(() => 'Closed; the label stands.'),
  });
  const isOpen = comment.disputes && !comment.resolved_at;
  return (
    <li className={classes.comment} data-open={isOpen} data-testid="comment">
      <Group gap="xs" justify="space-between">
        <Text size="xs" c="dimmed">
          {comment.by} · <Time at={comment.at} />
        </Text>
        {comment.disputes && (
          <Badge variant="light" color={isOpen ? 'red' : 'gray'}>
            {isOpen ? 'disputes the label' : 'dispute closed'}
          </Badge>
        )}
      </Group>
      <Text size="sm">{comment.text}</Text>
      {comment.resolved_at && (
        <Text size="xs" c="dimmed">
          Closed by {comment.resolved_by ?? 'a manager'}, <Time at={comment.resolved_at} />
        </Text>
      )}
      {isOpen && mayResolve && (
        <Button
          variant="default"
          mt={4}
          loading={resolve.isPending}
          onClick={() =>
            resolve.mutate({
              path: { project_id: projectId, sample_id: sampleId, comment_id: comment.id },
            })
          }
        >
          Close it, the label stands
        </Button>
      )}
    </li>
  );
}

function CommentForm({ projectId, sampleId }: { projectId: number; sampleId: number }) {
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
