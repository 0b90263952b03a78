import { Button, Group, Progress, Table, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { cancelJobMutation, retryJobMutation } from '@/api/@tanstack/react-query.gen';
import type { JobOut } from '@/api/types.gen';
import { Changed } from '@/components/Changed';
import { LiveDot } from '@/components/LiveDot';
import { May } from '@/components/May';
import { Time } from '@/components/Time';
import { useNow } from '@/hooks/use-now';
import { useProjectAction } from '@/hooks/use-project-action';
import { formatCount } from '@/lib/numbers';
import { formatDuration, secondsBetween } from '@/lib/time';

export function JobRow({ job, projectId }: { job: JobOut; projectId: number }) {
  return (
    <Table.Tr data-testid="job">
      <Table.Td>
        {job.title}
        {job.error && (
          <Text size="xs" c="var(--bad)" style={{ whiteSpace: 'pre-wrap' }}>
            {job.error}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          {job.state === 'running' && <LiveDot label="Running" />}
          <Changed value={job.state}>{job.state}</Changed>
        </Group>
        {job.attempt > 1 && (
          <Text size="xs" c="dimmed">
            attempt {job.attempt} of {job.max_attempts}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <JobProgress job={job} />
      </Table.Td>
      <Table.Td className="number">
        <Elapsed job={job} />
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <JobEnd job={job} />
      </Table.Td>
      <Table.Td className="number">
        <May projectId={projectId} to="run_loop">
          <JobAction job={job} projectId={projectId} />
        </May>
      </Table.Td>
    </Table.Tr>
  );
}

function JobProgress({ job }: { job: JobOut }) {
  // Work may end before all of it was needed: fine-tuning stops early.
  if (job.total === 0 || (job.state === 'done' && job.done < job.total)) return null;
  const label = `${formatCount(job.done)} of ${formatCount(job.total)} ${job.unit}`;
  return (
    <>
      {job.state === 'running' && (
        <Progress
          value={(job.done / job.total) * 100}
          size="sm"
          aria-label={label}
          transitionDuration={400}
        />
      )}
      <Text size="xs" c="dimmed">
        {label}
      </Text>
    </>
  );
}

function Elapsed({ job }: { job: JobOut }) {
  const now = useNow();
  if (!job.started_at) return null;
  return formatDuration(secondsBetween(job.started_at, job.finished_at ?? now));
}

function JobEnd({ job }: { job: JobOut }) {
  if (job.finished_at) return <Time at={job.finished_at} />;
  if (!job.expected_end) return null;
  return (
    <Text size="sm" c="dimmed" span>
      expected <Time at={job.expected_end} />
    </Text>
  );
}

function JobAction({ job, projectId }: { job: JobOut; projectId: number }) {
  const path = { project_id: projectId, job_id: job.id };
  const cancel = useMutation({
    ...cancelJobMutation(),
    ...useProjectAction((done: JobOut) => `Cancelled: ${done.title}`),
  });
  const retry = useMutation({
    ...retryJobMutation(),
    ...useProjectAction((again: JobOut) => `Started again: ${again.title}`),
  });
  if (job.state === 'queued' || job.state === 'running') {
    return (
      <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ path })}>
        Cancel
      </Button>
    );
  }
  if (job.state === 'done') return null;
  return (
    <Button variant="default" loading={retry.isPending} onClick={() => retry.mutate({ path })}>
      Retry
    </Button>
  );
}
