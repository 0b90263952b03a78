import { Group, Select, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { listMethodsOptions, listModelsOptions, listReportsOptions } from '@/api/@tanstack/react-query.gen';
import { inspect } from '@/api/sdk.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Skeletons } from '@/components/Skeletons';
import type { Trust } from '@/components/TrustMark';
import { Inspector, type Wish } from '@/features/inspect/Inspector';
import type { Asked } from '@/features/inspect/inspect';
import { idsOf } from '@/features/inspect/search';

const route = getRouteApi('/signed-in/projects/$projectId/inspect');

/** What a version looks at, in pictures of the pool or from anywhere. */
export function InspectPage() {
  const { projectId } = route.useParams();
  const { version, method, samples } = route.useSearch();
  const navigate = route.useNavigate();
  const models = useQuery(listModelsOptions({ path: { project_id: projectId } }));
  const hasModels = (models.data?.length ?? 0) > 0;
  const told = useQuery({
    ...listMethodsOptions({ path: { project_id: projectId }, query: { version } }),
    enabled: hasModels,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const number = told.data && Number(told.data.model.version.slice(1));
  const reports = useQuery({
    ...listReportsOptions({ path: { project_id: projectId, number: number ?? 0 } }),
    enabled: number !== undefined,
  });
  const trust = useMemo(
    () =>
      new Map(
        reports.data
          ?.filter(({ kind, body }) => kind === 'trust' && body !== null)
          .map(({ subject, body }) => [subject, body as unknown as Trust]),
      ),
    [reports.data],
  );
  const sampleIds = useMemo(() => idsOf(samples), [samples]);
  const look = useCallback(
    async ({ file, sampleId }: Asked, wish: Wish) => {
      const { data } = await inspect({
        path: { project_id: projectId },
        body: {
          ...wish,
          ...(version === undefined ? {} : { version }),
          ...(file ? { pictures: [file] } : {}),
          ...(sampleId === undefined ? {} : { samples: [sampleId] }),
        },
        throwOnError: true,
      });
      return data;
    },
    [projectId, version],
  );
  if (models.data && !hasModels) return <NoModel projectId={projectId} />;
  const error = models.error ?? told.error;
  if (error && !told.data) return <ErrorNotice error={error} onRetry={() => told.refetch()} />;
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1}>Inspect</Title>
        <Link to="/inspect">A model of your own</Link>
      </Group>
      {told.data ? (
        <Inspector
          key={version ?? 'champion'}
          told={told.data}
          projectId={projectId}
          sampleIds={sampleIds}
          trust={trust}
          method={method}
          onMethod={(chosen) => navigate({ search: (now) => ({ ...now, method: chosen }), replace: true })}
          look={look}
          chooser={
            <Select
              label="Version"
              mb="xs"
              data={(models.data ?? []).map(({ number, state }) => ({
                value: String(number),
                label: `v${number}, ${state}`,
              }))}
              value={told.data.model.version.slice(1)}
              allowDeselect={false}
              onChange={(chosen) =>
                navigate({ search: (now) => ({ ...now, version: Number(chosen) }), replace: true })
              }
            />
          }
        />
      ) : (
        <Skeletons heights={[480]} />
      )}
    </Stack>
  );
}

function NoModel({ projectId }: { projectId: number }) {
  return (
    <EmptyState
      title="No model version to inspect yet"
      action={
        <Link to="/projects/$projectId" params={{ projectId }}>
          What comes next
        </Link>
      }
    >
      Once the gold set and some other labels are settled, the first version is trained. A model of your own
      can be inspected at once, <Link to="/inspect">here</Link>.
    </EmptyState>
  );
}
