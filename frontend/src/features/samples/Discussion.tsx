import { Badge, Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { resolveDisputeMutation } from '@/api/@tanstack/react-query.gen';
import type { CommentOut, SampleDetailOut } from '@/api/types.gen';
import { CommentForm } from '@/components/CommentForm';
import { Panel } from '@/components/Panel';
import { Time } from '@/components/Time';
import { useMay } from '@/hooks/use-may';
import { useProjectAction } from '@/hooks/use-project-action';
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
