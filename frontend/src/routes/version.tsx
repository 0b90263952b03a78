import { Badge, Group, NavLink, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet } from '@tanstack/react-router';
import { listModelsOptions } from '@/api/@tanstack/react-query.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { May } from '@/components/May';
import { Skeletons } from '@/components/Skeletons';
import { Time } from '@/components/Time';
import { PromoteButton } from '@/features/models/PromoteButton';
import { useFresh } from '@/hooks/use-fresh';
import classes from './version.module.css';

const route = getRouteApi('/signed-in/projects/$projectId/models/$number');

/** The ways of looking into a version: what each is called, and where it is. */
const WAYS = [
  { name: 'Errors', to: '/projects/$projectId/models/$number/errors' },
  { name: 'Attention', to: '/projects/$projectId/models/$number/attention' },
  { name: 'Compare', to: '/projects/$projectId/models/$number/compare' },
  { name: 'Robustness', to: '/projects/$projectId/models/$number/robustness' },
  { name: 'Card', to: '/projects/$projectId/models/$number/card' },
] as const satisfies { name: string; to: string }[];

/** One version, looked into: its name and the ways of looking, above what was chosen. */
export function VersionPage() {
  const { projectId, number } = route.useParams();
  const models = useQuery({
    ...listModelsOptions({ path: { project_id: projectId } }),
    ...useFresh(projectId),
  });
  if (models.isError && !models.data)
    return <ErrorNotice error={models.error} onRetry={() => models.refetch()} />;
  if (!models.data) return <Skeletons heights={[30, 40, 320]} />;
  const model = models.data.find((one) => one.number === number);
  if (!model) {
    return (
      <EmptyState title={`There is no version ${number}`}>
        <Link to="/projects/$projectId/models" params={{ projectId }}>
          All versions
        </Link>
      </EmptyState>
    );
  }
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Title order={1}>Version {number}</Title>
        <Badge
          variant={model.state === 'champion' ? 'filled' : 'light'}
          color={model.state === 'champion' ? 'accent' : 'gray'}
        >
          {model.state}
        </Badge>
        <Text size="sm" c="dimmed">
          {model.backbone}, {model.kind} run, <Time at={model.created_at} />
        </Text>
        {model.state !== 'champion' && (
          <May projectId={projectId} to="run_loop">
            <PromoteButton
              projectId={projectId}
              model={model}
              champion={models.data.find((one) => one.state === 'champion')?.number}
            />
          </May>
        )}
      </Group>
      <nav className={classes.ways} aria-label="Ways of looking into the version">
        {WAYS.map(({ name, to }) => (
          <NavLink
            key={to}
            label={name}
            renderRoot={({ className, ...props }) => (
              <Link
                to={to}
                params={{ projectId, number }}
                activeProps={{ 'data-active': true }}
                className={className}
                {...props}
              />
            )}
          />
        ))}
      </nav>
      <Outlet />
    </Stack>
  );
}
