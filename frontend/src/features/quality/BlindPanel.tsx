import { SimpleGrid, Table, Text } from '@mantine/core';
import type { BlindStudyOut } from '@/api/types.gen';
import { DataActions } from '@/components/DataActions';
import { EmptyState } from '@/components/EmptyState';
import { IntervalBars } from '@/components/IntervalBars';
import { Panel } from '@/components/Panel';
import { formatShare } from '@/lib/numbers';
import { formatDuration } from '@/lib/time';
import { type StudyMeasure, studyCsv, studyMeasures, studyTitle } from './trust';

interface BlindPanelProps {
  study: BlindStudyOut | null;
  blindShare: number;
  table: boolean;
  onTable: (table: boolean) => void;
}

/** Answers that saw the model's prediction and heatmap, beside those that did not. */
export function BlindPanel({ study, blindShare, table, onTable }: BlindPanelProps) {
  if (!study || study.blind.answers === 0 || study.shown.answers === 0) {
    return (
      <Panel title={studyTitle(null)}>
        <EmptyState title="No two kinds of answers to compare yet">
          {blindShare > 0
            ? `A random ${formatShare(blindShare)} of the items go out without prediction and heatmap, once a model has said something of them.`
            : 'Every item is shown with the model’s opinion. Set a blind share in the settings to learn whether that helps.'}
        </EmptyState>
      </Panel>
    );
  }
  const measures = studyMeasures(study);
  return (
    <Panel
      title={studyTitle(study)}
      actions={
        <DataActions
          of="the blind study"
          table={table}
          onTable={onTable}
          csv={{ name: 'blind-study.csv', text: () => studyCsv(study) }}
        />
      }
    >
      <Text size="sm" mb="sm" data-testid="blind-sentence">
        {study.sentence}
      </Text>
      {table ? <StudyTable measures={measures} /> : <StudyBars measures={measures} />}
      <Text size="xs" c="dimmed" mt="xs">
        The truth is gold that others agree on, corrections, and what others say with at least 90% certainty.
        Others who saw the same prediction may err alike: if it misleads, it does so rather more than shown.
      </Text>
    </Panel>
  );
}

function StudyBars({ measures }: { measures: StudyMeasure[] }) {
  return (
    <SimpleGrid cols={{ base: 1, md: 3 }} spacing="lg">
      {measures.map((measure) => {
        const isTime = measure.name === 'Median time';
        const longest = Math.max(...measure.arms.map(({ interval }) => interval?.high ?? 0), 1);
        return (
          <div key={measure.name}>
            <Text size="sm" fw={600}>
              {measure.name}
            </Text>
            <Text size="xs" c="dimmed" mb={6}>
              with it, minus without: {measure.difference}
            </Text>
            <IntervalBars
              rows={measure.arms.map(({ name, interval, figures }) => ({
                key: name,
                name,
                interval,
                figures,
                title: `${measure.name}, ${name}: ${figures}`,
              }))}
              from={0}
              to={isTime ? longest : 1}
              format={isTime ? formatDuration : formatShare}
              unit={isTime ? 'per answer' : 'of answers'}
            />
          </div>
        );
      })}
    </SimpleGrid>
  );
}

function StudyTable({ measures }: { measures: StudyMeasure[] }) {
  return (
    <Table.ScrollContainer minWidth={460}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Measure</Table.Th>
            <Table.Th className="number">With it</Table.Th>
            <Table.Th className="number">Without</Table.Th>
            <Table.Th className="number">Difference, 95% interval</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {measures.map(({ name, arms, difference }) => (
            <Table.Tr key={name}>
              <Table.Td>{name}</Table.Td>
              {arms.map((arm) => (
                <Table.Td key={arm.name} className="number">
                  {arm.figures}
                </Table.Td>
              ))}
              <Table.Td className="number">{difference}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
