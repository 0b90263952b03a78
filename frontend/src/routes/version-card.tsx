import { getRouteApi } from '@tanstack/react-router';
import { Skeletons } from '@/components/Skeletons';
import { CardPanel } from '@/features/card/CardPanel';
import { useOverview } from '@/hooks/use-fresh';

const route = getRouteApi('/signed-in/projects/$projectId/models/$number/card');

export function VersionCardPage() {
  const { projectId, number } = route.useParams();
  const overview = useOverview(projectId);
  if (!overview.data) return <Skeletons heights={[120, 480]} />;
  return <CardPanel projectId={projectId} number={number} notes={overview.data.project.card_notes} />;
}
