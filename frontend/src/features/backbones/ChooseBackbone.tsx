import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { chooseBackboneMutation } from '@/api/@tanstack/react-query.gen';
import type { ZooBackboneOut, ZooOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { effortSentence, servingSentence } from './backbones';

interface ChooseBackboneProps {
  projectId: number;
  zoo: ZooOut;
  backbone: ZooBackboneOut;
}

/** Says what a change costs before it is made. */
export function ChooseBackbone({ projectId, zoo, backbone }: ChooseBackboneProps) {
  const [asking, setAsking] = useState(false);
  const choose = useMutation({
    ...chooseBackboneMutation(),
    ...useProjectAction(() => `${backbone.name} is the backbone that is trained on next.`),
    onSettled: () => setAsking(false),
  });
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        aria-label={`Choose ${backbone.name}`}
        onClick={() => setAsking(true)}
      >
        Choose…
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Train on ${backbone.name} from now on?`}
      >
        <Stack gap="sm">
          <Text size="sm">{effortSentence(backbone)}</Text>
          <Text size="sm">{servingSentence(zoo)}</Text>
          <Text size="sm">Labels, money and the embeddings under the present backbone stay as they are.</Text>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => setAsking(false)}>
              Not now
            </Button>
            <Button
              loading={choose.isPending}
              onClick={() =>
                choose.mutate({ path: { project_id: projectId }, body: { name: backbone.name } })
              }
            >
              Choose {backbone.name}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
