// How often a project's figures are asked for again: every 2 s while something works, else every 10 s.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getOverviewOptions } from '@/api/@tanstack/react-query.gen';
import type { OverviewOut } from '@/api/types.gen';

export const LIVE_MS = 2_000;
export const CALM_MS = 10_000;

export function isLive(overview: OverviewOut | undefined): boolean {
  if (!overview) return false;
  const expertsAtWork = overview.experts.active > 0 && overview.queue.waiting > 0;
  return overview.jobs_live > 0 || overview.pool.importing || overview.model.training || expertsAtWork;
}

export function useOverview(projectId: number) {
  return useQuery({
    ...getOverviewOptions({ path: { project_id: projectId } }),
    refetchInterval: (query) => (isLive(query.state.data) ? LIVE_MS : CALM_MS),
    placeholderData: keepPreviousData,
  });
}

/** Options to spread over any query of a project, so that it follows the loop's pace and never blanks the page. */
export function useFresh(projectId: number) {
  const overview = useOverview(projectId);
  return { refetchInterval: isLive(overview.data) ? LIVE_MS : CALM_MS, placeholderData: keepPreviousData };
}
