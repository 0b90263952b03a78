import { ActionIcon, Group, ScrollArea, Table, Text, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { dryRunRulesMutation } from '@/api/@tanstack/react-query.gen';
import type { DryRunOut, RuleIn } from '@/api/types.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Skeletons } from '@/components/Skeletons';
import { downloadCsv } from '@/lib/csv';
import { formatCount } from '@/lib/numbers';
import { formatExact } from '@/lib/time';
import { costWords, dryRunCsv, dryRunSentence } from './rules';

/** When a set of rules would have fired on what has happened so far; nothing is changed. */
export function DryRun({ projectId, rules }: { projectId: number; rules: RuleIn[] }) {
  const { mutate, data, error } = useMutation(dryRunRulesMutation());
  const run = () => mutate({ path: { project_id: projectId }, body: { rules } });
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for what it was opened with
  useEffect(run, []);
  if (error) return <ErrorNotice error={error} onRetry={run} />;
  if (!data) return <Skeletons heights={[120]} />;
  return (
    <section aria-label="Dry run">
      <Group justify="space-between" wrap="nowrap" align="start" mb="xs">
        <Text size="sm">{dryRunSentence(data)}</Text>
        {data.firings.length > 0 && (
          <Tooltip label="Download as CSV">
            <ActionIcon
              variant="default"
              aria-label="Download the dry run as CSV"
              onClick={() => downloadCsv('dry-run.csv', dryRunCsv(data))}
            >
              <IconDownload size={16} />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
      {data.firings.length > 0 && <Firings found={data} />}
      {data.cut && (
        <Text size="xs" c="dimmed" mt="xs">
          Only the first {formatCount(data.firings.length)} are listed.
        </Text>
      )}
    </section>
  );
}

function Firings({ found }: { found: DryRunOut }) {
  return (
    <ScrollArea.Autosize mah={320} type="auto">
      <Table miw={560} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Would have fired</Table.Th>
            <Table.Th className="number">After labels</Table.Th>
            <Table.Th>Run</Table.Th>
            <Table.Th>Because</Table.Th>
            <Table.Th className="number">Would take</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {found.firings.map((one) => (
            <Table.Tr key={`${one.at} ${one.rule}`} data-testid="would-fire">
              <Table.Td style={{ whiteSpace: 'nowrap' }}>{formatExact(one.at)}</Table.Td>
              <Table.Td className="number">{formatCount(one.labels)}</Table.Td>
              <Table.Td>{one.run_kind}</Table.Td>
              <Table.Td>{one.sentence}</Table.Td>
              <Table.Td className="number">
                {one.expected_seconds === null
                  ? '–'
                  : costWords(one.expected_seconds, one.expected_price, found.currency)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}
