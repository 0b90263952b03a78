import { Anchor, SimpleGrid, Stack, Text } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback } from 'react';
import { ImportPanel } from '@/features/pool/ImportPanel';
import { SamplePanel } from '@/features/pool/SamplePanel';
import { SourcePanel } from '@/features/pool/SourcePanel';
import type { PoolSearch } from '@/features/pool/search';
import { useOverview } from '@/hooks/use-fresh';
import { useMay } from '@/hooks/use-may';

const route = getRouteApi('/signed-in/projects/$projectId/pool');

export function PoolPage() {
  const { projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const overview = useOverview(projectId);
  const mayImport = useMay(projectId, 'import');
  const onSearch = useCallback(
    (next: PoolSearch) => navigate({ search: next, resetScroll: false }),
    [navigate],
  );
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        Cheap labels from tables, rules or web pages, before any expert is paid:{' '}
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link to="/projects/$projectId/weak-labels" params={{ projectId }} {...props} />
          )}
        >
          Weak labels
        </Anchor>
      </Text>
      <SimpleGrid cols={{ base: 1, md: mayImport ? 2 : 1 }} spacing="sm">
        {mayImport && <ImportPanel projectId={projectId} />}
        <SourcePanel projectId={projectId} search={search} onSearch={onSearch} />
      </SimpleGrid>
      <SamplePanel
        projectId={projectId}
        labelClasses={overview.data?.project.classes ?? []}
        search={search}
        onSearch={onSearch}
      />
    </Stack>
  );
}
