import { Group, Stack, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { ErrorNotice } from '@/components/ErrorNotice';
import { May } from '@/components/May';
import { Skeletons } from '@/components/Skeletons';
import { TrainButtons } from '@/features/models/TrainButtons';
import { DriftPanel } from '@/features/triggers/DriftPanel';
import { FiringsPanel } from '@/features/triggers/FiringsPanel';
import { RulesPanel } from '@/features/triggers/RulesPanel';
import { useOverview } from '@/hooks/use-fresh';

const route = getRouteApi('/signed-in/projects/$projectId/triggers');

/** What starts training, what has started it, and what imports look like beside the pool. */
export function TriggersPage() {
  const { projectId } = route.useParams();
  const overview = useOverview(projectId);
  if (overview.isError && !overview.data) {
    return <ErrorNotice error={overview.error} onRetry={() => overview.refetch()} />;
  }
  if (!overview.data) return <Skeletons heights={[30, 240, 180]} />;
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1}>Triggers</Title>
        <May projectId={projectId} to="run_loop">
          <TrainButtons projectId={projectId} training={overview.data.model.training} />
        </May>
      </Group>
      <RulesPanel projectId={projectId} />
      <FiringsPanel projectId={projectId} currency={overview.data.project.budget.currency} />
      <DriftPanel projectId={projectId} />
    </Stack>
  );
}
