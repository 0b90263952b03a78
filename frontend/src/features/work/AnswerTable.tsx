import { Anchor, Badge, Group, Table } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { listMyAnswersOptions } from '@/api/@tanstack/react-query.gen';
import type { MyAnswerOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Pager } from '@/components/Pager';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { Time } from '@/components/Time';
import { CALM_MS } from '@/hooks/use-fresh';
import { formatMoney } from '@/lib/money';
import { plural } from '@/lib/numbers';
import { formatDuration } from '@/lib/time';
import classes from './AnswerTable.module.css';
import { CommentButton } from './CommentButton';

const PAGE_SIZE = 10;

interface AnswerTableProps {
  projectId: number;
  page: number;
  onPage: (page: number) => void;
}

/** One's own answers, the latest first, each with what it is paid. */
export function AnswerTable({ projectId, page, onPage }: AnswerTableProps) {
  const answers = useQuery({
    ...listMyAnswersOptions({
      path: { project_id: projectId },
      query: { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE },
    }),
    refetchInterval: CALM_MS,
    placeholderData: keepPreviousData,
  });
  if (answers.isError && !answers.data) {
    return <ErrorNotice error={answers.error} onRetry={() => answers.refetch()} />;
  }
  if (!answers.data) return <Skeletons heights={[160]} />;
  const { count, items, currency } = answers.data;
  return (
    <Panel title={count > 0 ? `What you answered · ${plural(count, 'answer')}` : 'What you answered'}>
      {count === 0 ? (
        <EmptyState title="No answer yet">
          Each of your answers appears here with its time and pay.
        </EmptyState>
      ) : (
        <Table.ScrollContainer minWidth={560}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Sample</Table.Th>
                <Table.Th>Answer</Table.Th>
                <Table.Th>When</Table.Th>
                <Table.Th className="number">Took</Table.Th>
                <Table.Th className="number">Pay</Table.Th>
                <Table.Th aria-label="Comment" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((answer) => (
                <AnswerRow key={answer.id} projectId={projectId} answer={answer} currency={currency} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Pager page={page} size={PAGE_SIZE} count={count} onPage={onPage} />
    </Panel>
  );
}

interface AnswerRowProps {
  projectId: number;
  answer: MyAnswerOut;
  currency: string;
}

function AnswerRow({ projectId, answer, currency }: AnswerRowProps) {
  const picture = <img src={answer.picture_url} alt="" className={classes.picture} loading="lazy" />;
  return (
    <Table.Tr data-testid="my-answer">
      <Table.Td>
        {answer.label_studio_url ? (
          <Anchor
            href={answer.label_studio_url}
            target="_blank"
            rel="noreferrer"
            aria-label="See it in Label Studio"
          >
            {picture}
          </Anchor>
        ) : (
          picture
        )}
      </Table.Td>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          {answer.label ? <ClassName of={answer.label} /> : 'skipped'}
          {answer.right !== null && (
            <Badge size="xs" variant="light" color={answer.right ? 'accent' : 'red'}>
              {answer.right ? 'right' : 'wrong'}
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td>
        <Time at={answer.answered_at} />
      </Table.Td>
      <Table.Td className="number" title={paidTime(answer)}>
        {answer.seconds === null ? '' : formatDuration(answer.seconds)}
      </Table.Td>
      <Table.Td className="number">{formatMoney(answer.amount, currency)}</Table.Td>
      <Table.Td className="number">
        <CommentButton projectId={projectId} sampleId={answer.sample_id} />
      </Table.Td>
    </Table.Tr>
  );
}

/** Where not all of the time is paid, how much of it is. */
export function paidTime({ seconds, paid_seconds: paid }: Pick<MyAnswerOut, 'seconds' | 'paid_seconds'>) {
  return seconds !== null && paid < seconds ? `${formatDuration(paid)} of it are paid` : undefined;
}
