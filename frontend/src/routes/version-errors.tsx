import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { ReportFrame } from '@/components/ReportFrame';
import { ErrorBrowser } from '@/features/errors/ErrorBrowser';
import type { ErrorReport } from '@/features/errors/report';
import type { ErrorSearch } from '@/features/errors/search';
import { outlineOptions } from '@/hooks/use-may';

const route = getRouteApi('/signed-in/projects/$projectId/models/$number/errors');

/** Why a version is wrong. */
export function VersionErrorsPage() {
  const { projectId, number } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const outline = useQuery(outlineOptions(projectId));
  const change = useCallback(
    (changes: Partial<ErrorSearch>) =>
      navigate({ search: (now) => ({ ...now, ...changes }), resetScroll: false, replace: true }),
    [navigate],
  );
  return (
    <ReportFrame<ErrorReport>
      projectId={projectId}
      number={number}
      kind="errors"
      asks="Look into its mistakes"
      empty={{
        title: 'Its mistakes were not looked into yet',
        text: 'What it calls what, in counts and in money; the samples with what it looked at; what they have in common; where it is worse than elsewhere; and labels that may be wrong themselves. It takes seconds to a minute.',
      }}
    >
      {(report) => (
        <ErrorBrowser
          projectId={projectId}
          number={number}
          report={report}
          classes={outline.data?.classes ?? report.classes.map((name) => ({ name, color: 'gray' }))}
          search={search}
          onSearch={change}
        />
      )}
    </ReportFrame>
  );
}
