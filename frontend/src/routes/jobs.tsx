import { getRouteApi } from '@tanstack/react-router';
import { JobPanel } from '@/features/jobs/JobPanel';

const route = getRouteApi('/signed-in/projects/$projectId/jobs');

export function JobsPage() {
  const { projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div>
      <JobPanel projectId={projectId} search={search} onSearch={(next) => navigate({ search: next })} />
    </div>
  );
}
