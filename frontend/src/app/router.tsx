// Every address of the page. What an address's search may hold is read by the feature that uses it.

import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { meOptions } from '@/api/@tanstack/react-query.gen';
import { readLoginSearch } from '@/features/account/search';
import { readActivitySearch } from '@/features/activity/search';
import { readMoneySearch } from '@/features/budget/search';
import { readCompareSearch } from '@/features/compare/compare';
import { readErrorSearch } from '@/features/errors/search';
import { readInspectSearch, readOwnSearch } from '@/features/inspect/search';
import { readJobSearch } from '@/features/jobs/search';
import { readNotificationSearch } from '@/features/notifications/search';
import { readPoolSearch } from '@/features/pool/search';
import { readQualitySearch } from '@/features/quality/search';
import { readQueueSearch } from '@/features/queue/search';
import { readSampleSearch } from '@/features/samples/search';
import { readWeakSearch } from '@/features/weak/search';
import { readMyQueueSearch } from '@/features/work/search';
import { outlineOptions } from '@/hooks/use-may';
import { ApiError } from '@/lib/errors';
import { insteadOf } from '@/lib/pages';
import { readLoopSearch } from '@/routes/search';
import { NotFound, RouteError } from './Fallbacks';
import { queryClient } from './query-client';
import { Shell } from './Shell';

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ component: Outlet });

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: readLoginSearch,
  component: lazyRouteComponent(() => import('@/routes/login'), 'LoginPage'),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation/$token',
  component: lazyRouteComponent(() => import('@/routes/invitation'), 'InvitationPage'),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(meOptions());
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw redirect({ to: '/login', search: { next: location.href } });
      }
      throw error;
    }
  },
  component: Shell,
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/projects' });
  },
});

const projects = createRoute({
  getParentRoute: () => signedIn,
  path: '/projects',
  component: lazyRouteComponent(() => import('@/routes/projects'), 'ProjectsPage'),
});

const newProject = createRoute({
  getParentRoute: () => signedIn,
  path: '/projects/new',
  component: lazyRouteComponent(() => import('@/routes/new-project'), 'NewProjectPage'),
});

const inspectOwn = createRoute({
  getParentRoute: () => signedIn,
  path: '/inspect',
  validateSearch: readOwnSearch,
  component: lazyRouteComponent(() => import('@/routes/inspect-own'), 'InspectOwnPage'),
});

const tokens = createRoute({
  getParentRoute: () => signedIn,
  path: '/settings/tokens',
  component: lazyRouteComponent(() => import('@/routes/tokens'), 'TokensPage'),
});

const project = createRoute({
  getParentRoute: () => signedIn,
  path: '/projects/$projectId',
  params: {
    parse: ({ projectId }) => ({ projectId: Number(projectId) }),
    stringify: ({ projectId }) => ({ projectId: String(projectId) }),
  },
  // Whoever only labels lands on their own queue, wherever a link pointed.
  beforeLoad: async ({ context, location, params: { projectId } }) => {
    const { permissions } = await context.queryClient.ensureQueryData(outlineOptions(projectId));
    const to = insteadOf(location.pathname, projectId, permissions);
    if (to) throw redirect({ to, params: { projectId }, replace: true });
  },
  component: Outlet,
});

const loop = createRoute({
  getParentRoute: () => project,
  path: '/',
  validateSearch: readLoopSearch,
  component: lazyRouteComponent(() => import('@/routes/loop'), 'LoopPage'),
});

const queue = createRoute({
  getParentRoute: () => project,
  path: '/queue',
  validateSearch: readQueueSearch,
  component: lazyRouteComponent(() => import('@/routes/queue'), 'QueuePage'),
});

const pool = createRoute({
  getParentRoute: () => project,
  path: '/pool',
  validateSearch: readPoolSearch,
  component: lazyRouteComponent(() => import('@/routes/pool'), 'PoolPage'),
});

const poolMap = createRoute({
  getParentRoute: () => project,
  path: '/map',
  component: lazyRouteComponent(() => import('@/routes/map'), 'MapPage'),
});

const weakLabels = createRoute({
  getParentRoute: () => project,
  path: '/weak-labels',
  validateSearch: readWeakSearch,
  component: lazyRouteComponent(() => import('@/routes/weak-labels'), 'WeakLabelsPage'),
});

const sample = createRoute({
  getParentRoute: () => project,
  path: '/samples/$sampleId',
  params: {
    parse: ({ sampleId }) => ({ sampleId: Number(sampleId) }),
    stringify: ({ sampleId }) => ({ sampleId: String(sampleId) }),
  },
  validateSearch: readSampleSearch,
  component: lazyRouteComponent(() => import('@/routes/sample'), 'SamplePage'),
});

const money = createRoute({
  getParentRoute: () => project,
  path: '/money',
  validateSearch: readMoneySearch,
  component: lazyRouteComponent(() => import('@/routes/money'), 'MoneyPage'),
});

const models = createRoute({
  getParentRoute: () => project,
  path: '/models',
  component: lazyRouteComponent(() => import('@/routes/models'), 'ModelsPage'),
});

const inspectPage = createRoute({
  getParentRoute: () => project,
  path: '/inspect',
  validateSearch: readInspectSearch,
  component: lazyRouteComponent(() => import('@/routes/inspect'), 'InspectPage'),
});

const version = createRoute({
  getParentRoute: () => project,
  path: '/models/$number',
  params: {
    parse: ({ number }) => ({ number: Number(number) }),
    stringify: ({ number }) => ({ number: String(number) }),
  },
  component: lazyRouteComponent(() => import('@/routes/version'), 'VersionPage'),
});

const versionErrors = createRoute({
  getParentRoute: () => version,
  path: '/errors',
  validateSearch: readErrorSearch,
  component: lazyRouteComponent(() => import('@/routes/version-errors'), 'VersionErrorsPage'),
});

const versionAttention = createRoute({
  getParentRoute: () => version,
  path: '/attention',
  component: lazyRouteComponent(() => import('@/routes/version-attention'), 'VersionAttentionPage'),
});

const versionCompare = createRoute({
  getParentRoute: () => version,
  path: '/compare',
  validateSearch: readCompareSearch,
  component: lazyRouteComponent(() => import('@/routes/version-compare'), 'VersionComparePage'),
});

const versionCard = createRoute({
  getParentRoute: () => version,
  path: '/card',
  component: lazyRouteComponent(() => import('@/routes/version-card'), 'VersionCardPage'),
});

const versionRobustness = createRoute({
  getParentRoute: () => version,
  path: '/robustness',
  component: lazyRouteComponent(() => import('@/routes/version-robustness'), 'VersionRobustnessPage'),
});

const triggers = createRoute({
  getParentRoute: () => project,
  path: '/triggers',
  component: lazyRouteComponent(() => import('@/routes/triggers'), 'TriggersPage'),
});

const jobs = createRoute({
  getParentRoute: () => project,
  path: '/jobs',
  validateSearch: readJobSearch,
  component: lazyRouteComponent(() => import('@/routes/jobs'), 'JobsPage'),
});

const myQueue = createRoute({
  getParentRoute: () => project,
  path: '/my-queue',
  validateSearch: readMyQueueSearch,
  component: lazyRouteComponent(() => import('@/routes/my-queue'), 'MyQueuePage'),
});

const people = createRoute({
  getParentRoute: () => project,
  path: '/people',
  component: lazyRouteComponent(() => import('@/routes/people'), 'PeoplePage'),
});

const activity = createRoute({
  getParentRoute: () => project,
  path: '/activity',
  validateSearch: readActivitySearch,
  component: lazyRouteComponent(() => import('@/routes/activity'), 'ActivityPage'),
});

const notifications = createRoute({
  getParentRoute: () => project,
  path: '/notifications',
  validateSearch: readNotificationSearch,
  component: lazyRouteComponent(() => import('@/routes/notifications'), 'NotificationsPage'),
});

const quality = createRoute({
  getParentRoute: () => project,
  path: '/quality',
  validateSearch: readQualitySearch,
  component: lazyRouteComponent(() => import('@/routes/quality'), 'QualityPage'),
});

const settings = createRoute({
  getParentRoute: () => project,
  path: '/settings',
  component: lazyRouteComponent(() => import('@/routes/settings'), 'SettingsPage'),
});

const routeTree = root.addChildren([
  login,
  invitation,
  signedIn.addChildren([
    home,
    projects,
    newProject,
    inspectOwn,
    tokens,
    project.addChildren([
      loop,
      queue,
      pool,
      poolMap,
      weakLabels,
      sample,
      money,
      inspectPage,
      models,
      version.addChildren([versionErrors, versionAttention, versionCompare, versionRobustness, versionCard]),
      triggers,
      jobs,
      myQueue,
      people,
      activity,
      notifications,
      quality,
      settings,
    ]),
  ]),
]);

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  defaultNotFoundComponent: NotFound,
  defaultErrorComponent: RouteError,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
