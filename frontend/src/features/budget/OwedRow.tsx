import { Group, Table, Text } from '@mantine/core';
import type { OwedOut } from '@/api/types.gen';
import { SampleLink } from '@/components/SampleLink';
import { Time } from '@/components/Time';
import { formatMoney } from '@/lib/money';
import { DecideButton } from './DecideButton';
import { paidTime, timingReason } from './timing';

interface OwedRowProps {
  answer: OwedOut;
  projectId: number;
  currency: string;
  mayChange: boolean;
}

export function OwedRow({ answer, projectId, currency, mayChange }: OwedRowProps) {
  const cut = timingReason(answer.timing);
  const shared = { answer, projectId, currency };
  return (
    <Table.Tr data-testid="owed-answer">
      <Table.Td>
        <Time at={answer.answered_at} />
      </Table.Td>
      <Table.Td>
        <SampleLink id={answer.sample_id}>{answer.sample_name}</SampleLink>
      </Table.Td>
      <Table.Td>
        {answer.annotator}
        <Text size="xs" c="dimmed">
          {answer.tier}
        </Text>
      </Table.Td>
      <Table.Td className="number">
        {paidTime(answer)}
        {cut && (
          <Text size="xs" c="dimmed">
            {cut}
          </Text>
        )}
      </Table.Td>
      <Table.Td className="number">{formatMoney(answer.paid, currency)}</Table.Td>
      <Table.Td className="number" fw={600}>
        {formatMoney(answer.owed, currency)}
      </Table.Td>
      <Table.Td>{answer.because}</Table.Td>
      {mayChange && (
        <Table.Td>
          <Group gap={6} wrap="nowrap" justify="flex-end">
            <DecideButton {...shared} decision="approve" />
            <DecideButton {...shared} decision="waive" />
          </Group>
        </Table.Td>
      )}
    </Table.Tr>
  );
}
