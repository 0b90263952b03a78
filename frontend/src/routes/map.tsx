import { Button, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { drawPoolMapMutation, getPoolMapOptions } from '@/api/@tanstack/react-query.gen';
import { getPoolMapPoints } from '@/api/sdk.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { May } from '@/components/May';
import { Skeletons } from '@/components/Skeletons';
import { ForeignPanel } from '@/features/map/ForeignPanel';
import { PoolMap } from '@/features/map/PoolMap';
import { decoded } from '@/features/map/points';
import { CALM_MS, LIVE_MS, useOverview } from '@/hooks/use-fresh';
import { useProjectAction } from '@/hooks/use-project-action';
import { formatCount, plural } from '@/lib/numbers';

const route = getRouteApi('/signed-in/projects/$projectId/map');

/** The pool as a map. */
export function MapPage() {
  const { projectId } = route.useParams();
  const overview = useOverview(projectId);
  const map = useQuery({
    ...getPoolMapOptions({ path: { project_id: projectId } }),
    refetchInterval: (query) => (query.state.data?.live ? LIVE_MS : CALM_MS),
  });
  const { size = 0, made_at = null } = map.data ?? {};
  const points = useQuery({
    queryKey: ['pool-map-points', projectId, made_at, size],
    queryFn: async () => {
      // The description of the API knows numbers in JSON alone, not columns of them.
      const { data } = await getPoolMapPoints({ path: { project_id: projectId }, parseAs: 'arrayBuffer' });
      return decoded(data as unknown as ArrayBuffer, size);
    },
    enabled: size > 0,
  });
  const { onSuccess, onError } = useProjectAction();
  const draw = useMutation({ ...drawPoolMapMutation(), onSuccess, onError });
  const error = map.error ?? points.error;
  if (error && !points.data) return <ErrorNotice error={error} onRetry={() => map.refetch()} />;
  if (!map.data || !overview.data) return <Skeletons heights={[30, 520]} />;
  const { live, done, total, missing, stale } = map.data;
  const button = (
    <May projectId={projectId} to="run_loop">
      <Button
        size="xs"
        variant={size > 0 ? 'default' : 'filled'}
        disabled={live}
        loading={draw.isPending}
        onClick={() => draw.mutate({ path: { project_id: projectId } })}
      >
        {size > 0 ? 'Draw again' : 'Draw the map'}
      </Button>
    </May>
  );
  const { budget } = overview.data.project;
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={1}>Map of the pool</Title>
        {size > 0 && button}
      </Group>
      {map.data.error && !live && (
        <Text size="sm" c="var(--bad)" role="alert">
          {map.data.error}
        </Text>
      )}
      {live && (
        <div>
          <Text size="sm">
            {total > 0
              ? `${formatCount(done)} of ${formatCount(total)} samples laid out`
              : 'A worker is about to begin.'}
          </Text>
          <Progress value={total > 0 ? (100 * done) / total : 0} animated aria-label="How far the map is" />
        </div>
      )}
      {size > 0 && (missing > 0 || stale) && (
        <Text size="sm">
          {stale
            ? 'It shows the pool as another backbone saw it; draw it again.'
            : `${plural(missing, 'sample')} joined the pool since it was drawn.`}
        </Text>
      )}
      {size === 0 && !live && (
        <EmptyState title="The map is not drawn yet" action={button}>
          Every sample becomes a point, and those that the model takes for alike lie close together: colour
          them by class, error or uncertainty, and choose with a lasso what to look at, to label first or to
          leave out.
        </EmptyState>
      )}
      {size > 0 && !points.data && <Skeletons heights={[520]} />}
      {points.data && points.data.size === size && (
        <PoolMap
          projectId={projectId}
          currency={budget.currency}
          price={budget.expected_price}
          legend={map.data}
          points={points.data}
        />
      )}
      <ForeignPanel projectId={projectId} />
    </Stack>
  );
}
