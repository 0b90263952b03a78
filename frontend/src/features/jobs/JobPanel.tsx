import { ScrollArea, SegmentedControl, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listJobsOptions } from '@/api/@tanstack/react-query.gen';
import type { JobOut } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Pager } from '@/components/Pager';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useFresh } from '@/hooks/use-fresh';
import { oneOf } from '@/lib/search';
import { JobRow } from './JobRow';
import { JOB_STATES, type JobSearch } from './search';

const PAGE_SIZE = 50;
interface JobPanelProps {
  projectId: number;
  search: JobSearch;
  onSearch: (search: JobSearch) => void;
}

/** What works for this project in the background, has worked, or has failed. */
export function JobPanel({ projectId, search: { state, page = 1 }, onSearch }: JobPanelProps) {
  const jobs = useQuery({
    ...listJobsOptions({
      path: { project_id: projectId },
      query: { state, offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE },
    }),
    ...useFresh(projectId),
  });
  return (
    <Panel
      title="Background work"
      actions={
        <ScrollArea type="never" maw="100%">
          <SegmentedControl
            size="xs"
            aria-label="State"
            value={state ?? 'all'}
            onChange={(chosen) => onSearch({ state: oneOf(chosen, JOB_STATES) })}
            data={['all', ...JOB_STATES]}
          />
        </ScrollArea>
      }
    >
      {jobs.isError && !jobs.data && <ErrorNotice error={jobs.error} onRetry={() => jobs.refetch()} />}
      {jobs.isPending && <Skeletons heights={[36, 36, 36, 36]} />}
      {jobs.data?.count === 0 && (
        <EmptyState title={state ? `Nothing ${state}` : 'No work yet'}>
          Imports, scoring, training and the exchange with Label Studio appear here with their progress.
        </EmptyState>
      )}
      {jobs.data && jobs.data.count > 0 && <JobTable jobs={jobs.data.items} projectId={projectId} />}
      <Pager
        page={page}
        size={PAGE_SIZE}
        count={jobs.data?.count ?? 0}
        onPage={(next) => onSearch({ state, page: next })}
      />
    </Panel>
  );
}

function JobTable({ jobs, projectId }: { jobs: JobOut[]; projectId: number }) {
  return (
    <ScrollArea type="auto">
      <Table miw={920} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Job</Table.Th>
            <Table.Th w={120}>State</Table.Th>
            <Table.Th w={190}>Progress</Table.Th>
            <Table.Th w={110} className="number">
              Took
            </Table.Th>
            <Table.Th w={150}>End</Table.Th>
            <Table.Th w={100} />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} projectId={projectId} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
