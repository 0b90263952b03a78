import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { promoteModelMutation } from '@/api/@tanstack/react-query.gen';
import type { ModelOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { messageOf } from '@/lib/errors';

interface PromoteButtonProps {
  projectId: number;
  model: ModelOut;
  /** The champion now, if there is one. */
  champion: number | undefined;
}

/** Makes a version champion against its verdict, or again, after showing what speaks against it. */
export function PromoteButton({ projectId, model, champion }: PromoteButtonProps) {
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const { onSuccess } = useProjectAction(() => `Version ${model.number} is the champion.`);
  const promote = useMutation({
    ...promoteModelMutation(),
    onSuccess: (after) => {
      setAsking(false);
      return onSuccess(after);
    },
  });
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setAsking(true)}>
        Make it champion…
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Make version ${model.number} the champion?`}
      >
        <Stack gap="sm">
          <Text size="sm">
            The pool is scored and the queue ranked again under it
            {champion === undefined ? '.' : `; version ${champion} retires and can come back the same way.`}
          </Text>
          {model.verdict && (
            <div>
              <Text size="sm" fw={600}>
                Its verdict
              </Text>
              {model.verdict.sentences.map((sentence) => (
                <Text size="sm" key={sentence}>
                  {sentence}
                </Text>
              ))}
            </div>
          )}
          {champion !== undefined && (
            <Link
              to="/projects/$projectId/models/$number/compare"
              params={{ projectId, number: model.number }}
              search={{ with: champion }}
              onClick={() => setAsking(false)}
            >
              First see what it fixes and breaks beside version {champion}
            </Link>
          )}
          <Textarea
            label="Why"
            description="Kept in the activity of the project."
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={promote.error && messageOf(promote.error)}
          />
          <Group justify="flex-end">
            <Button
              disabled={!reason.trim()}
              loading={promote.isPending}
              onClick={() =>
                promote.mutate({ path: { project_id: projectId, number: model.number }, body: { reason } })
              }
            >
              Make it champion
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
