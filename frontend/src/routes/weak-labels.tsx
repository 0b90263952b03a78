import { SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { getWeakLabelsOptions } from '@/api/@tanstack/react-query.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Skeletons } from '@/components/Skeletons';
import { AccuracyPanel } from '@/features/weak/AccuracyPanel';
import { AddSourcePanel } from '@/features/weak/AddSourcePanel';
import { SourcesPanel } from '@/features/weak/SourcesPanel';
import type { WeakSearch } from '@/features/weak/search';
import { useFresh } from '@/hooks/use-fresh';
import { useMay } from '@/hooks/use-may';

const route = getRouteApi('/signed-in/projects/$projectId/weak-labels');

/** Where cheap labels come from, how right they are, and how more of them are brought in. */
export function WeakLabelsPage() {
  const { projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const mayImport = useMay(projectId, 'import');
  const weak = useQuery({
    ...getWeakLabelsOptions({ path: { project_id: projectId } }),
    ...useFresh(projectId),
  });
  if (weak.isError && !weak.data) return <ErrorNotice error={weak.error} onRetry={() => weak.refetch()} />;
  if (!weak.data) return <Skeletons heights={[220, 220, 260]} />;
  const view = {
    search,
    onSearch: (next: WeakSearch) => navigate({ search: next, resetScroll: false }),
  };
  return (
    <Stack gap="sm">
      <SourcesPanel projectId={projectId} weak={weak.data} mayChange={mayImport} {...view} />
      <SimpleGrid cols={{ base: 1, lg: mayImport ? 2 : 1 }} spacing="sm">
        {weak.data.sources.length > 0 && <AccuracyPanel sources={weak.data.sources} {...view} />}
        {mayImport && <AddSourcePanel projectId={projectId} weak={weak.data} />}
      </SimpleGrid>
    </Stack>
  );
}
