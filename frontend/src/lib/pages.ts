// The pages of a project: where each is, the letter after `g` that leads there, and what one must be permitted to see it.
import type { ProjectOutlineOut } from '@/api/types.gen';

export type Permission = ProjectOutlineOut['permissions'][number];

interface Page {
  to: string;
  name: string;
  needs: Permission;
}

/** In the order of the navigation. */
export const PAGES = {
  l: { to: '/projects/$projectId', name: 'Loop', needs: 'see' },
  w: { to: '/projects/$projectId/my-queue', name: 'My queue', needs: 'own_work' },
  q: { to: '/projects/$projectId/queue', name: 'Queue', needs: 'see' },
  p: { to: '/projects/$projectId/pool', name: 'Pool', needs: 'see' },
  o: { to: '/projects/$projectId/map', name: 'Map', needs: 'see' },
  m: { to: '/projects/$projectId/money', name: 'Money', needs: 'see_money' },
  e: { to: '/projects/$projectId/people', name: 'People', needs: 'see_people' },
  u: { to: '/projects/$projectId/quality', name: 'Quality', needs: 'see_people' },
  v: { to: '/projects/$projectId/models', name: 'Models', needs: 'see' },
  i: { to: '/projects/$projectId/inspect', name: 'Inspect', needs: 'see' },
  t: { to: '/projects/$projectId/triggers', name: 'Triggers', needs: 'see' },
  j: { to: '/projects/$projectId/jobs', name: 'Jobs', needs: 'see' },
  a: { to: '/projects/$projectId/activity', name: 'Activity', needs: 'see_activity' },
  n: { to: '/projects/$projectId/notifications', name: 'Notifications', needs: 'be_notified' },
  s: { to: '/projects/$projectId/settings', name: 'Settings', needs: 'change_settings' },
} as const satisfies Record<string, Page>;

export type PageLetter = keyof typeof PAGES;

/** The pages that these permissions open, in the order of the navigation. */
export function pagesFor(permissions: readonly Permission[]): PageLetter[] {
  return (Object.keys(PAGES) as PageLetter[]).filter((letter) => permissions.includes(PAGES[letter].needs));
}

/** Where to go instead of a page that these permissions do not open; null if one may stay, or may go nowhere. */
export function insteadOf(pathname: string, projectId: number, permissions: readonly Permission[]) {
  const asked = pathname.replace(String(projectId), '$projectId').replace(/\/$/, '');
  const page = Object.values(PAGES).find(({ to }) => to === asked);
  const needed: Permission = page?.needs ?? 'see';
  const [first] = pagesFor(permissions);
  return permissions.includes(needed) || first === undefined ? null : PAGES[first].to;
}
