import { Switch, Tooltip } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { updateProjectMutation } from '@/api/@tanstack/react-query.gen';
import type { ProjectOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';

interface AutopilotSwitchProps {
  projectId: number;
  on: boolean;
}

export function AutopilotSwitch({ projectId, on }: AutopilotSwitchProps) {
  const update = useMutation({
    ...updateProjectMutation(),
    ...useProjectAction((project: ProjectOut) =>
      project.autopilot
        ? 'Autopilot resumed: rounds and training start by themselves again.'
        : 'Autopilot paused: what is running finishes, nothing new starts and no money is reserved.',
    ),
  });
  return (
    <Tooltip label="On: rounds open and models train by themselves. Off: only when you ask.">
      <Switch
        label="Autopilot"
        checked={on}
        disabled={update.isPending}
        onChange={(event) =>
          update.mutate({ path: { project_id: projectId }, body: { autopilot: event.currentTarget.checked } })
        }
      />
    </Tooltip>
  );
}
