import { Badge, ScrollArea, Table, Text } from '@mantine/core';
import type { SampleAnswerOut, SampleDetailOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { Panel } from '@/components/Panel';
import { Time } from '@/components/Time';
import { formatMoney } from '@/lib/money';
import { plural } from '@/lib/numbers';
import { answerChanges, answerTime } from './sample';

interface AnswersPanelProps {
  sample: SampleDetailOut;
  currency: string;
}

/** Every answer that was ever given, also those that hold no more. */
export function AnswersPanel({ sample, currency }: AnswersPanelProps) {
  const { answers, cost } = sample;
  return (
    <Panel title={answers.length > 0 ? plural(answers.length, 'answer') : 'Answers'}>
      {answers.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nobody has answered yet.
        </Text>
      ) : (
        <ScrollArea type="auto" offsetScrollbars="x">
          <Table miw={720}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Annotator</Table.Th>
                <Table.Th>Answer</Table.Th>
                <Table.Th>Answered</Table.Th>
                <Table.Th className="number">Time</Table.Th>
                {cost && (
                  <>
                    <Table.Th className="number">Price</Table.Th>
                    <Table.Th className="number">Charged</Table.Th>
                    <Table.Th className="number">Owed</Table.Th>
                  </>
                )}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {answers.map((answer) => (
                <Answer key={answer.id} answer={answer} currency={currency} />
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
    </Panel>
  );
}

function Answer({ answer, currency }: { answer: SampleAnswerOut; currency: string }) {
  const { took, why } = answerTime(answer);
  return (
    <Table.Tr data-testid="answer" c={answer.counts ? undefined : 'dimmed'}>
      <Table.Td>
        {answer.annotator}
        <Note>{answer.tier ?? 'not assigned to a tier yet'}</Note>
      </Table.Td>
      <Table.Td>
        <Said answer={answer} />
      </Table.Td>
      <Table.Td>
        <Time at={answer.answered_at} />
      </Table.Td>
      <Table.Td className="number">
        {took}
        {why && <Note>{why}</Note>}
      </Table.Td>
      {answer.price !== null && (
        <>
          <Table.Td className="number">{formatMoney(answer.price, currency)}</Table.Td>
          <Table.Td className="number" style={{ color: 'var(--money)', fontWeight: 600 }}>
            {formatMoney(answer.charged ?? 0, currency)}
          </Table.Td>
          <Table.Td className="number">
            {Number(answer.owed) > 0 && formatMoney(answer.owed ?? 0, currency)}
            {Number(answer.waived) > 0 && <Note>{formatMoney(answer.waived ?? 0, currency)} waived</Note>}
          </Table.Td>
        </>
      )}
    </Table.Tr>
  );
}

function Said({ answer }: { answer: SampleAnswerOut }) {
  const changes = answerChanges(answer);
  return (
    <>
      {answer.label ? <ClassName of={answer.label} /> : 'skipped'}{' '}
      {answer.deleted_at && (
        <Badge variant="light" color="gray">
          deleted
        </Badge>
      )}
      {!answer.counts && !answer.deleted_at && !answer.skipped && (
        <Note>tests the annotator, or is not the newest</Note>
      )}
      {changes && <Note>changed: {changes}</Note>}
      {answer.accepted_prediction && <Note>accepted the model’s proposal</Note>}
    </>
  );
}

function Note({ children }: { children: React.ReactNode }) {
  return (
    <Text size="xs" c="dimmed">
      {children}
    </Text>
  );
}
