import { AppShell, Burger, Group, NavLink } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconActivity,
  IconBox,
  IconCoins,
  IconPhotoSearch,
  IconRefresh,
  IconStack2,
} from '@tabler/icons-react';
import { Link, Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { HeaderTools } from './HeaderTools';
import { ProjectMenu } from './ProjectMenu';
import classes from './Shell.module.css';
import { Shortcuts } from './Shortcuts';

const PAGES = [
  { name: 'Loop', to: '/projects/$projectId', icon: IconRefresh, exact: true },
  { name: 'Queue', to: '/projects/$projectId/queue', icon: IconPhotoSearch, exact: false },
  { name: 'Pool', to: '/projects/$projectId/pool', icon: IconStack2, exact: false },
  { name: 'Money', to: '/projects/$projectId/money', icon: IconCoins, exact: false },
  { name: 'Models', to: '/projects/$projectId/models', icon: IconBox, exact: false },
  { name: 'Activity', to: '/projects/$projectId/jobs', icon: IconActivity, exact: false },
] as const;

/** Header and side navigation around every page of someone signed in. */
export function Shell() {
  const { projectId } = useParams({ strict: false });
  const [opened, { toggle, close }] = useDisclosure(false);
  const [listed, list] = useDisclosure(false);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu that led to it
  useEffect(close, [pathname]);
  const hasPages = projectId !== undefined;
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{
        width: 148,
        breakpoint: 'sm',
        collapsed: { mobile: !opened || !hasPages, desktop: !hasPages },
      }}
      padding={0}
      transitionDuration={0}
    >
      <AppShell.Header className={classes.header}>
        <Group gap={6} wrap="nowrap" miw={0} flex={1}>
          {hasPages && (
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={opened ? 'Close the menu' : 'Open the menu'}
            />
          )}
          <ProjectMenu projectId={projectId} />
        </Group>
        <HeaderTools projectId={projectId} onShortcuts={list.open} />
      </AppShell.Header>
      {hasPages && (
        <AppShell.Navbar className={classes.navbar} aria-label="Pages of the project">
          {PAGES.map(({ name, to, icon: Icon, exact }) => (
            <NavLink
              key={name}
              label={name}
              leftSection={<Icon size={16} stroke={1.6} />}
              renderRoot={({ className, ...props }) => (
                <Link
                  to={to}
                  params={{ projectId }}
                  activeOptions={{ exact, includeSearch: false }}
                  activeProps={{ 'data-active': true }}
                  className={className}
                  {...props}
                />
              )}
            />
          ))}
        </AppShell.Navbar>
      )}
      <AppShell.Main>
        <div className={classes.page}>
          <Outlet />
        </div>
      </AppShell.Main>
      <Shortcuts projectId={projectId} listed={listed} onList={list.open} onClose={list.close} />
    </AppShell>
  );
}
