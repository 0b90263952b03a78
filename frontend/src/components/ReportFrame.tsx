import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { type ReportOf, useReport } from '@/hooks/use-report';
import { formatCount } from '@/lib/numbers';
import { EmptyState } from './EmptyState';
import { ErrorNotice } from './ErrorNotice';
import { May } from './May';
import { Skeletons } from './Skeletons';
import { Time } from './Time';

interface ReportFrameProps<Body> extends ReportOf {
  /** What is found out, and how long that takes, for those who have not asked yet. */
  empty: { title: string; text: string };
  /** On the button. */
  asks: string;
  children: (body: Body) => ReactNode;
}

/** Around what was found out about a version: the button that asks for it, how far the worker is, and when it was. */
export function ReportFrame<Body>({ empty, asks, children, ...of }: ReportFrameProps<Body>) {
  const { report, ask, asking } = useReport(of);
  if (report.isError && !report.data)
    return <ErrorNotice error={report.error} onRetry={() => report.refetch()} />;
  if (!report.data) return <Skeletons heights={[60, 320]} />;
  const { body, live, done, total, unit, error, made_at, outdated } = report.data;
  const button = (
    <May projectId={of.projectId} to="run_loop">
      <Button variant={body ? 'default' : 'filled'} size="xs" onClick={ask} loading={asking} disabled={live}>
        {body ? 'Look again' : asks}
      </Button>
    </May>
  );
  return (
    <Stack gap="sm">
      {error && !live && (
        <Text size="sm" c="var(--bad)" role="alert">
          {error}
        </Text>
      )}
      {live && (
        <div>
          <Text size="sm">
            {total > 0
              ? `${formatCount(done)} of ${formatCount(total)} ${unit}`
              : 'A worker is about to begin.'}
          </Text>
          <Progress value={total > 0 ? (100 * done) / total : 0} animated aria-label="How far it is" />
        </div>
      )}
      {!body && !live && (
        <EmptyState title={empty.title} action={button}>
          {empty.text}
        </EmptyState>
      )}
      {body && (
        <>
          <Group justify="space-between" gap="xs">
            <Text size="xs" c="dimmed">
              Found out {made_at && <Time at={made_at} />}
              {outdated && '. Labels have changed since: look again.'}
            </Text>
            {button}
          </Group>
          {children(body as Body)}
        </>
      )}
    </Stack>
  );
}
