import { Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { removeBackboneMutation } from '@/api/@tanstack/react-query.gen';
import type { OwnBackboneOut } from '@/api/types.gen';
import { ConfirmButton } from '@/components/ConfirmButton';
import { LiveDot } from '@/components/LiveDot';
import { May } from '@/components/May';
import { useProjectAction } from '@/hooks/use-project-action';
import { ownSentence } from './own';

/** The backbones that were brought to the project, and what became of each. */
export function OwnList({ projectId, own }: { projectId: number; own: OwnBackboneOut[] }) {
  if (own.length === 0) return null;
  return (
    <Stack gap={4} aria-label="Backbones of your own" role="list">
      {own.map((one) => (
        <Group key={one.id} gap="xs" role="listitem" data-testid="own-backbone" justify="space-between">
          <Text size="sm" c={one.state === 'refused' ? 'var(--bad)' : undefined} flex={1} miw={220}>
            {one.state === 'checking' && <LiveDot label="Checking" />} {ownSentence(one)}
          </Text>
          <May projectId={projectId} to="change_settings">
            <RemoveButton projectId={projectId} one={one} />
          </May>
        </Group>
      ))}
    </Stack>
  );
}

function RemoveButton({ projectId, one }: { projectId: number; one: OwnBackboneOut }) {
  const remove = useMutation({
    ...removeBackboneMutation(),
    ...useProjectAction(() => `${one.name} is removed.`),
  });
  return (
    <ConfirmButton
      label="Remove"
      does={`Remove ${one.name}`}
      aria-label={`Remove ${one.name}`}
      loading={remove.isPending}
      onConfirm={() => remove.mutate({ path: { project_id: projectId, own_id: one.id } })}
    >
      The file and what was measured of it go. A backbone that is in use, or that a version stands on, is
      kept.
    </ConfirmButton>
  );
}
