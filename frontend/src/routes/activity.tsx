import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { getProjectOptions } from '@/api/@tanstack/react-query.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Skeletons } from '@/components/Skeletons';
import { ActivityPanel } from '@/features/activity/ActivityPanel';
import type { ActivitySearch } from '@/features/activity/search';

const route = getRouteApi('/signed-in/projects/$projectId/activity');

export function ActivityPage() {
  const { projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const project = useQuery(getProjectOptions({ path: { project_id: projectId } }));
  const onSearch = useCallback(
    (next: ActivitySearch) => navigate({ search: next, resetScroll: false }),
    [navigate],
  );
  if (project.isError && !project.data) {
    return <ErrorNotice error={project.error} onRetry={() => project.refetch()} />;
  }
  if (!project.data) return <Skeletons heights={[420]} />;
  return (
    <ActivityPanel
      projectId={projectId}
      currency={project.data.budget.currency}
      search={search}
      onSearch={onSearch}
    />
  );
}
