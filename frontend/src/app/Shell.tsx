import { AppShell, Burger, Group, NavLink } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconBell,
  IconBolt,
  IconBox,
  IconChartDots,
  IconCoins,
  IconEye,
  IconHistory,
  IconInbox,
  IconPhotoSearch,
  IconProgress,
  IconRefresh,
  IconScale,
  IconSettings,
  IconStack2,
  IconUsers,
} from '@tabler/icons-react';
import { Link, Outlet, useParams, useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { usePermissions } from '@/hooks/use-may';
import { PAGES, type PageLetter, pagesFor } from '@/lib/pages';
import { HeaderTools } from './HeaderTools';
import { ProjectMenu } from './ProjectMenu';
import classes from './Shell.module.css';
import { Shortcuts } from './Shortcuts';

const ICONS: Record<PageLetter, typeof IconBox> = {
  l: IconRefresh,
  w: IconInbox,
  q: IconPhotoSearch,
  p: IconStack2,
  o: IconChartDots,
  m: IconCoins,
  e: IconUsers,
  u: IconScale,
  v: IconBox,
  i: IconEye,
  t: IconBolt,
  j: IconProgress,
  a: IconHistory,
  n: IconBell,
  s: IconSettings,
};

/** Header and side navigation around every page of someone signed in. */
export function Shell() {
  const { projectId } = useParams({ strict: false });
  const [opened, { toggle, close }] = useDisclosure(false);
  const [listed, list] = useDisclosure(false);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu that led to it
  useEffect(close, [pathname]);
  const pages = pagesFor(usePermissions(projectId));
  const hasPages = projectId !== undefined;
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{
        width: 168,
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
          {pages.map((letter) => (
            <PageLink key={letter} letter={letter} projectId={projectId} />
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

function PageLink({ letter, projectId }: { letter: PageLetter; projectId: number }) {
  const { to, name } = PAGES[letter];
  const Icon = ICONS[letter];
  return (
    <NavLink
      label={name}
      leftSection={<Icon size={16} stroke={1.6} />}
      renderRoot={({ className, ...props }) => (
        <Link
          to={to}
          params={{ projectId }}
          activeOptions={{ exact: letter === 'l', includeSearch: false }}
          activeProps={{ 'data-active': true }}
          className={className}
          {...props}
        />
      )}
    />
  );
}
