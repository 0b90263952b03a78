import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { updateProjectMutation } from '@/api/@tanstack/react-query.gen';
import type { ProjectOut, QueryingOut } from '@/api/types.gen';
import { May } from '@/components/May';
import { useProjectAction } from '@/hooks/use-project-action';

interface RoundSizeAdviceProps {
  project: ProjectOut;
  used: QueryingOut['used'];
}

/** How many samples a round had better ask about, and why; nothing before the first training. */
export function RoundSizeAdvice({ project, used }: RoundSizeAdviceProps) {
  const change = useMutation({
    ...updateProjectMutation(),
    ...useProjectAction((after: ProjectOut) => `Rounds ask about ${after.round_size} samples from now on.`),
  });
  const advice = used?.advice;
  if (!advice) return null;
  const isSo = advice.size === project.round_size;
  return (
    <Group gap="sm">
      <Text size="sm">
        Most useful labels an hour: {advice.sentence}{' '}
        {isSo ? 'So it is.' : `Now it is ${project.round_size}.`}
      </Text>
      {!isSo && (
        <May projectId={project.id} to="change_settings">
          <Button
            variant="default"
            size="xs"
            loading={change.isPending}
            onClick={() =>
              change.mutate({ path: { project_id: project.id }, body: { round_size: advice.size } })
            }
          >
            Ask about {advice.size} a round
          </Button>
        </May>
      )}
    </Group>
  );
}
