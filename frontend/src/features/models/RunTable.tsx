import { ScrollArea, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listRunsOptions } from '@/api/@tanstack/react-query.gen';
import type { RunOut } from '@/api/types.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { LiveDot } from '@/components/LiveDot';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { Time } from '@/components/Time';
import { useFresh } from '@/hooks/use-fresh';
import { formatCount } from '@/lib/numbers';
import { formatDuration, secondsBetween } from '@/lib/time';

/** Every training run and what started it. */
export function RunTable({ projectId }: { projectId: number }) {
  const runs = useQuery({ ...listRunsOptions({ path: { project_id: projectId } }), ...useFresh(projectId) });
  if (runs.isError && !runs.data) return <ErrorNotice error={runs.error} onRetry={() => runs.refetch()} />;
  if (!runs.data) return <Skeletons heights={[180]} />;
  if (runs.data.length === 0) return null;
  return (
    <Panel title="Training runs">
      <ScrollArea type="auto">
        <Table miw={640}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Started</Table.Th>
              <Table.Th>Kind</Table.Th>
              <Table.Th>Because</Table.Th>
              <Table.Th className="number">Labels</Table.Th>
              <Table.Th className="number">Took</Table.Th>
              <Table.Th>Ended in</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {runs.data.map((run) => (
              <Table.Tr key={run.id}>
                <Table.Td>
                  <Time at={run.created_at} />
                </Table.Td>
                <Table.Td>{run.kind}</Table.Td>
                <Table.Td>{run.reason}</Table.Td>
                <Table.Td className="number">{formatCount(run.labels)}</Table.Td>
                <Table.Td className="number">
                  {run.finished_at ? formatDuration(secondsBetween(run.created_at, run.finished_at)) : ''}
                </Table.Td>
                <Table.Td>
                  <Outcome run={run} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </Panel>
  );
}

function Outcome({ run }: { run: RunOut }) {
  if (run.state === 'running') {
    return (
      <>
        <LiveDot label="Running" /> running
      </>
    );
  }
  if (run.state === 'failed') {
    return (
      <Text size="sm" c="var(--bad)">
        failed: {run.error}
      </Text>
    );
  }
  return run.model_number === null ? run.state : `v${run.model_number}`;
}
