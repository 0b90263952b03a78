import { Group, Stack, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { ErrorNotice } from '@/components/ErrorNotice';
import { May } from '@/components/May';
import { Skeletons } from '@/components/Skeletons';
import { TrainButtons } from '@/features/models/TrainButtons';
import { VariantsPanel } from '@/features/models/VariantsPanel';
import { VersionList } from '@/features/models/VersionList';
import { FiringsPanel } from '@/features/triggers/FiringsPanel';
import { useOverview } from '@/hooks/use-fresh';

const route = getRouteApi('/signed-in/projects/$projectId/models');

export function ModelsPage() {
  const { projectId } = route.useParams();
  const overview = useOverview(projectId);
  if (overview.isError && !overview.data) {
    return <ErrorNotice error={overview.error} onRetry={() => overview.refetch()} />;
  }
  if (!overview.data) return <Skeletons heights={[30, 180, 180]} />;
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1}>Model versions</Title>
        <May projectId={projectId} to="run_loop">
          <TrainButtons projectId={projectId} training={overview.data.model.training} />
        </May>
      </Group>
      {overview.data.model.champion !== null && (
        <VariantsPanel
          projectId={projectId}
          number={overview.data.model.champion}
          currency={overview.data.project.budget.currency}
        />
      )}
      <VersionList project={overview.data.project} count={overview.data.model.versions} />
      <FiringsPanel projectId={projectId} currency={overview.data.project.budget.currency} />
    </Stack>
  );
}
