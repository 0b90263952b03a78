import { ScrollArea, Table, Text, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listDriftOptions } from '@/api/@tanstack/react-query.gen';
import type { DriftOut } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { Time } from '@/components/Time';
import { useFresh } from '@/hooks/use-fresh';
import { formatCount } from '@/lib/numbers';
import { formatP, TESTS, testOf } from './drift';

/** Every import since the first model, beside the pool before it and what the champion learned from. */
export function DriftPanel({ projectId }: { projectId: number }) {
  const drift = useQuery({
    ...listDriftOptions({ path: { project_id: projectId } }),
    ...useFresh(projectId),
  });
  if (drift.isError && !drift.data)
    return <ErrorNotice error={drift.error} onRetry={() => drift.refetch()} />;
  if (!drift.data) return <Skeletons heights={[140]} />;
  return (
    <Panel title="Do imports look like what came before them?">
      {drift.data.length === 0 ? (
        <EmptyState title="No import to compare yet">
          What is imported once there is a model is measured by itself: its embeddings and scores against the
          pool before it, and against the samples the champion learned from.
        </EmptyState>
      ) : (
        <DriftTable rows={drift.data} />
      )}
    </Panel>
  );
}

function DriftTable({ rows }: { rows: DriftOut[] }) {
  return (
    <>
      <ScrollArea type="auto">
        <Table miw={760}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Import</Table.Th>
              <Table.Th>Measured</Table.Th>
              <Table.Th className="number">Samples</Table.Th>
              {TESTS.map((test) => (
                <Table.Th key={test.title} className="number">
                  {test.title}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <DriftRow key={row.source_id} row={row} />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      <Text size="xs" c="dimmed" mt="xs">
        p: how probable a difference as large is where nothing has drifted. Each import is one more chance of
        a false alarm, so a rule fires only far below 5%. Embeddings by MMD, scores by the stability index
        (PSI).
      </Text>
    </>
  );
}

function DriftRow({ row }: { row: DriftOut }) {
  return (
    <Table.Tr data-testid="drift">
      <Table.Td>{row.name}</Table.Td>
      <Table.Td>
        <Time at={row.measured_at} />
      </Table.Td>
      {row.reason ? (
        <Table.Td colSpan={1 + TESTS.length}>{row.reason}</Table.Td>
      ) : (
        <>
          <Table.Td className="number">
            {formatCount(row.new ?? 0)} and {formatCount(row.old ?? 0)}
          </Table.Td>
          {TESTS.map((test) => {
            const found = testOf(row, test);
            return (
              <Table.Td key={test.title} className="number">
                {found ? (
                  <Tooltip label={`${test.measure} ${found.value.toFixed(3)}`}>
                    <span>{formatP(found.p)}</span>
                  </Tooltip>
                ) : (
                  '–'
                )}
              </Table.Td>
            );
          })}
        </>
      )}
    </Table.Tr>
  );
}
