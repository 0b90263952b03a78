import { ScrollArea, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listOwedOptions } from '@/api/@tanstack/react-query.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useFresh } from '@/hooks/use-fresh';
import { formatMoney } from '@/lib/money';
import { plural } from '@/lib/numbers';
import { OwedRow } from './OwedRow';

interface OwedPanelProps {
  projectId: number;
  currency: string;
  /** The sum of all of them, as the budget has it. */
  owed: string;
  mayChange: boolean;
}

/** Answers that are worth more than could be charged; a manager decides on each. */
export function OwedPanel({ projectId, currency, owed, mayChange }: OwedPanelProps) {
  const answers = useQuery({
    ...listOwedOptions({ path: { project_id: projectId } }),
    ...useFresh(projectId),
  });
  if (answers.isError && !answers.data)
    return <ErrorNotice error={answers.error} onRetry={() => answers.refetch()} />;
  if (!answers.data) return <Skeletons heights={[160]} />;
  if (answers.data.length === 0) {
    return (
      <Panel title="Is anything owed?">
        <EmptyState title="Every answer was paid in full">
          An answer that costs more than its reservation, the allowed overrun and the limits leave room for
          waits here until somebody approves or waives the rest.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel title={`${plural(answers.data.length, 'answer')} owed ${formatMoney(owed, currency)}`}>
      <ScrollArea type="auto">
        <Table miw={900}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Answered</Table.Th>
              <Table.Th>Sample</Table.Th>
              <Table.Th>Annotator</Table.Th>
              <Table.Th className="number">Time</Table.Th>
              <Table.Th className="number">Paid</Table.Th>
              <Table.Th className="number">Owed</Table.Th>
              <Table.Th>Why it waits</Table.Th>
              {mayChange && <Table.Th />}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {answers.data.map((answer) => (
              <OwedRow
                key={answer.annotation_id}
                answer={answer}
                projectId={projectId}
                currency={currency}
                mayChange={mayChange}
              />
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </Panel>
  );
}
