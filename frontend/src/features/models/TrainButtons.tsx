import { Button, Group, List, Modal, Stack, Text, Tooltip } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { startRunMutation } from '@/api/@tanstack/react-query.gen';
import type { RunOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';

interface TrainButtonsProps {
  projectId: number;
  /** A run is under way; a project trains one model at a time. */
  training: boolean;
}

export function TrainButtons({ projectId, training }: TrainButtonsProps) {
  const [explaining, setExplaining] = useState(false);
  const start = useMutation({
    ...startRunMutation(),
    ...useProjectAction((run: RunOut) => `A ${run.kind} run has started on ${run.labels} labels.`),
    onSettled: () => setExplaining(false),
  });
  const run = (kind: 'quick' | 'deep') => start.mutate({ path: { project_id: projectId }, body: { kind } });
  return (
    <Group gap={6}>
      <Tooltip
        label={
          training
            ? 'A run is under way; one at a time.'
            : 'Trains a new head on all settled labels: seconds.'
        }
      >
        <Button variant="default" disabled={training} loading={start.isPending} onClick={() => run('quick')}>
          Train now
        </Button>
      </Tooltip>
      <Button variant="default" disabled={training} onClick={() => setExplaining(true)}>
        Deep run…
      </Button>
      <Modal opened={explaining} onClose={() => setExplaining(false)} title="Start a deep run?" size="md">
        <Stack gap="sm">
          <Text size="sm">A deep run fine-tunes the backbone itself, not only the head on top of it:</Text>
          <List size="sm" spacing={4}>
            <List.Item>
              it trains the backbone’s last blocks on all settled labels: minutes, not seconds;
            </List.Item>
            <List.Item>it embeds every sample of the pool again under the new backbone;</List.Item>
            <List.Item>
              it is measured on the gold set and serves only if it is cheaper than the champion.
            </List.Item>
          </List>
          <Text size="sm">
            It spends no money. The champion keeps serving meanwhile, and nothing is lost if it is rejected.
          </Text>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => setExplaining(false)}>
              Not now
            </Button>
            <Button loading={start.isPending} onClick={() => run('deep')}>
              Start the deep run
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Group>
  );
}
