import { Stack } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { ErrorNotice } from '@/components/ErrorNotice';
import { May } from '@/components/May';
import { Skeletons } from '@/components/Skeletons';
import { PlanPanel } from '@/features/plan/PlanPanel';
import { OpenRoundButton } from '@/features/queue/OpenRoundButton';
import { QueuePanel } from '@/features/queue/QueuePanel';
import type { QueueSearch } from '@/features/queue/search';
import { DisputesPanel } from '@/features/samples/DisputesPanel';
import { useOverview } from '@/hooks/use-fresh';

const route = getRouteApi('/signed-in/projects/$projectId/queue');

export function QueuePage() {
  const { projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const overview = useOverview(projectId);
  const onSearch = useCallback(
    (next: QueueSearch) => navigate({ search: next, resetScroll: false }),
    [navigate],
  );
  if (overview.isError && !overview.data) {
    return <ErrorNotice error={overview.error} onRetry={() => overview.refetch()} />;
  }
  if (!overview.data) return <Skeletons heights={[520]} />;
  return (
    <Stack gap="sm">
      <DisputesPanel projectId={projectId} />
      <PlanPanel projectId={projectId} currency={overview.data.project.budget.currency} />
      <QueuePanel
        overview={overview.data}
        search={search}
        onSearch={onSearch}
        actions={
          <May projectId={projectId} to="run_loop">
            <OpenRoundButton project={overview.data.project} />
          </May>
        }
      />
    </Stack>
  );
}
