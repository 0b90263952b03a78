// What was found out about a version: asked for again while a worker is at it.
import { useMutation, useQuery } from '@tanstack/react-query';
import { getReportOptions, requestReportMutation } from '@/api/@tanstack/react-query.gen';
import type { ReportOut } from '@/api/types.gen';
import { CALM_MS, LIVE_MS } from './use-fresh';
import { useProjectAction } from './use-project-action';

export interface ReportOf {
  projectId: number;
  number: number;
  kind: ReportOut['kind'];
  /** The number of another version, or the name of a method. */
  subject?: string;
}

export function useReport({ projectId, number, kind, subject = '' }: ReportOf) {
  const path = { project_id: projectId, number, kind };
  const report = useQuery({
    ...getReportOptions({ path, query: { subject } }),
    refetchInterval: (query) => (query.state.data?.live ? LIVE_MS : CALM_MS),
  });
  const { onSuccess, onError } = useProjectAction();
  const request = useMutation({ ...requestReportMutation(), onSuccess, onError });
  return { report, ask: () => request.mutate({ path, query: { subject } }), asking: request.isPending };
}
