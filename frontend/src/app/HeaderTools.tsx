import {
  ActionIcon,
  Button,
  Group,
  Menu,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { IconMoon, IconSun, IconUser } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { logoutMutation, meOptions } from '@/api/@tanstack/react-query.gen';
import { LiveDot } from '@/components/LiveDot';
import { May } from '@/components/May';
import { NotificationBell } from '@/features/notifications/NotificationBell';
import { useOverview } from '@/hooks/use-fresh';
import { plural } from '@/lib/numbers';

interface HeaderToolsProps {
  projectId: number | undefined;
  onShortcuts: () => void;
}

export function HeaderTools({ projectId, onShortcuts }: HeaderToolsProps) {
  return (
    <Group gap={6} wrap="nowrap">
      {projectId !== undefined && (
        <>
          <May projectId={projectId} to="see">
            <JobsLink projectId={projectId} />
          </May>
          <May projectId={projectId} to="be_notified">
            <NotificationBell projectId={projectId} />
          </May>
        </>
      )}
      <Tooltip label="Keyboard shortcuts (?)">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label="Keyboard shortcuts"
          onClick={onShortcuts}
          visibleFrom="sm"
        >
          ?
        </ActionIcon>
      </Tooltip>
      <SchemeToggle />
      <AccountMenu />
    </Group>
  );
}

/** What works or has failed in the background, on every page of the project. */
function JobsLink({ projectId }: { projectId: number }) {
  const { data: overview } = useOverview(projectId);
  if (!overview || (overview.jobs_live === 0 && overview.jobs_failed === 0)) return null;
  const { jobs_live: live, jobs_failed: failed } = overview;
  return (
    <Button
      variant="subtle"
      color={failed > 0 ? 'red' : 'gray'}
      c={failed > 0 ? 'var(--bad)' : 'var(--ink)'}
      px={8}
      leftSection={live > 0 ? <LiveDot label="Jobs at work" /> : null}
      renderRoot={(props) => (
        <Link
          to="/projects/$projectId/jobs"
          params={{ projectId }}
          search={failed > 0 ? { state: 'failed' } : {}}
          {...props}
        />
      )}
    >
      {[live > 0 && plural(live, 'job'), failed > 0 && `${failed} failed`].filter(Boolean).join(', ')}
    </Button>
  );
}

function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  return (
    <Tooltip label={`Switch to ${other}`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Switch to ${other}`}
        onClick={() => setColorScheme(other)}
      >
        {scheme === 'dark' ? <IconSun size={18} stroke={1.6} /> : <IconMoon size={18} stroke={1.6} />}
      </ActionIcon>
    </Tooltip>
  );
}

function AccountMenu() {
  const { data: user } = useQuery({ ...meOptions(), staleTime: Number.POSITIVE_INFINITY });
  const queries = useQueryClient();
  const navigate = useNavigate();
  const logout = useMutation({
    ...logoutMutation(),
    onSuccess: async () => {
      await navigate({ to: '/login' });
      queries.clear();
    },
  });
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label="Your account">
          <IconUser size={18} stroke={1.6} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user?.name || user?.email}</Menu.Label>
        <Menu.Item renderRoot={(props) => <Link to="/settings/tokens" {...props} />}>API tokens</Menu.Item>
        <Menu.Item onClick={() => logout.mutate({})}>Log out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
