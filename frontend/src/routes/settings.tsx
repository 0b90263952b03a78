import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { getProjectOptions } from '@/api/@tanstack/react-query.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Skeletons } from '@/components/Skeletons';
import { AugmentationPanel } from '@/features/augmentation/AugmentationPanel';
import { BackbonesPanel } from '@/features/backbones/BackbonesPanel';
import { ClassesPanel } from '@/features/learning/ClassesPanel';
import { ImbalancePanel } from '@/features/learning/ImbalancePanel';
import { QueryPlanPanel } from '@/features/querying/QueryPlanPanel';
import { SettingsForm } from '@/features/settings/SettingsForm';

const route = getRouteApi('/signed-in/projects/$projectId/settings');

/** How the project runs. */
export function SettingsPage() {
  const { projectId } = route.useParams();
  const project = useQuery(getProjectOptions({ path: { project_id: projectId } }));
  if (project.isError && !project.data)
    return <ErrorNotice error={project.error} onRetry={() => project.refetch()} />;
  if (!project.data) return <Skeletons heights={[420, 320]} />;
  return (
    <Stack gap="sm">
      <SettingsForm key={projectId} project={project.data} />
      <QueryPlanPanel project={project.data} />
      <BackbonesPanel projectId={projectId} currency={project.data.budget.currency} />
      <ClassesPanel project={project.data} />
      <ImbalancePanel projectId={projectId} />
      <AugmentationPanel projectId={projectId} />
    </Stack>
  );
}
