import { ScrollArea, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { listFiringsOptions } from '@/api/@tanstack/react-query.gen';
import type { FiringOut } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { LiveDot } from '@/components/LiveDot';
import { Pager } from '@/components/Pager';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { Time } from '@/components/Time';
import { useFresh } from '@/hooks/use-fresh';
import { formatCount } from '@/lib/numbers';
import { formatDuration } from '@/lib/time';
import { costWords } from './rules';

const SIZE = 10;

/** Every training run: the rule or person that started it and why, what it was expected to take, and what it took. */
export function FiringsPanel({ projectId, currency }: { projectId: number; currency: string }) {
  const [page, setPage] = useState(1);
  const firings = useQuery({
    ...listFiringsOptions({
      path: { project_id: projectId },
      query: { offset: (page - 1) * SIZE, limit: SIZE },
    }),
    ...useFresh(projectId),
  });
  if (firings.isError && !firings.data)
    return <ErrorNotice error={firings.error} onRetry={() => firings.refetch()} />;
  if (!firings.data) return <Skeletons heights={[160]} />;
  return (
    <Panel title="Training runs, and what started each">
      {firings.data.count === 0 ? (
        <EmptyState title="No run yet">
          The first starts when a rule is due, each class has a label, and gold is labeled; or by “Train now”.
        </EmptyState>
      ) : (
        <ScrollArea type="auto">
          <Table miw={680}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>When</Table.Th>
                <Table.Th>Run</Table.Th>
                <Table.Th>Because</Table.Th>
                <Table.Th className="number">Labels</Table.Th>
                <Table.Th className="number">Expected</Table.Th>
                <Table.Th className="number">Took</Table.Th>
                <Table.Th>Ended in</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {firings.data.items.map((one) => (
                <FiringRow key={one.id} firing={one} currency={currency} />
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
      <Pager page={page} size={SIZE} count={firings.data.count} onPage={setPage} />
    </Panel>
  );
}

function FiringRow({ firing, currency }: { firing: FiringOut; currency: string }) {
  const { expected_seconds, expected_price, took_seconds } = firing;
  return (
    <Table.Tr data-testid="firing">
      <Table.Td>
        <Time at={firing.at} />
      </Table.Td>
      <Table.Td>{firing.run_kind}</Table.Td>
      <Table.Td>{firing.sentence}</Table.Td>
      <Table.Td className="number">{formatCount(firing.labels)}</Table.Td>
      <Table.Td className="number">
        {expected_seconds === null ? '–' : costWords(expected_seconds, expected_price, currency)}
      </Table.Td>
      <Table.Td className="number">{took_seconds === null ? '' : formatDuration(took_seconds)}</Table.Td>
      <Table.Td>{ending(firing)}</Table.Td>
    </Table.Tr>
  );
}

function ending({ model_number, run_state, error }: FiringOut) {
  if (model_number !== null) return `v${model_number}`;
  if (run_state === 'failed') {
    return (
      <Text size="sm" c="var(--bad)">
        failed: {error}
      </Text>
    );
  }
  return (
    <>
      <LiveDot label="Under way" /> {run_state}
    </>
  );
}
