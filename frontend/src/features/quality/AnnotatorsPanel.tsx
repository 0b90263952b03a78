import { Badge, Group, Table, Text } from '@mantine/core';
import type { QualityOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { DataActions } from '@/components/DataActions';
import { EmptyState } from '@/components/EmptyState';
import { IntervalBars } from '@/components/IntervalBars';
import { Panel } from '@/components/Panel';
import { formatCount, formatShare } from '@/lib/numbers';
import { formatShareOut, ofAll } from '@/lib/shares';
import { type AnnotatorRow, annotatorFinding, annotatorRows, annotatorsCsv } from './trust';

interface AnnotatorsPanelProps {
  quality: QualityOut;
  table: boolean;
  onTable: (table: boolean) => void;
}

/** How often each annotator is right, over all and of each class, and on honeypots. */
export function AnnotatorsPanel({ quality, table, onTable }: AnnotatorsPanelProps) {
  if (quality.annotators.length === 0) {
    return (
      <Panel title={annotatorFinding(quality)}>
        <EmptyState title="Nobody could be judged yet">
          Answers are checked against gold that others agree on, corrections and honeypots. More gold answers
          and a honeypot share, both in the settings, judge people sooner.
        </EmptyState>
      </Panel>
    );
  }
  const rows = annotatorRows(quality);
  return (
    <Panel
      title={annotatorFinding(quality)}
      actions={
        <DataActions
          of="annotators’ accuracy"
          table={table}
          onTable={onTable}
          csv={{ name: 'annotators.csv', text: () => annotatorsCsv(quality) }}
        />
      }
    >
      <Text size="sm" c="dimmed" mb="sm">
        Filled: share right where the truth is known without them, with its 95% interval. Hollow: estimated
        from all answers together. Below {formatShare(quality.honeypot_bar)} of at least{' '}
        {quality.honeypot_minimum} honeypots, somebody is paused.
      </Text>
      {table ? <AnnotatorTable rows={rows} /> : <AnnotatorBars rows={rows} bar={quality.honeypot_bar} />}
    </Panel>
  );
}

function AnnotatorBars({ rows, bar }: { rows: AnnotatorRow[]; bar: number }) {
  return (
    <IntervalBars
      rows={rows.flatMap((row) => {
        const own = {
          key: row.key,
          name: row.labelClass ? <ClassName of={row.labelClass} /> : <Who row={row} />,
          inner: row.labelClass !== null,
          interval: row.right.share,
          estimate: row.estimate,
          figures: <Figures row={row} />,
          title: inWords(row),
        };
        return row.labelClass ? [own] : [own, ...onHoneypots(row)];
      })}
      from={0}
      to={1}
      format={formatShare}
      unit="right"
      mark={{ at: bar, name: `honeypots’ bar ${formatShare(bar)}` }}
    />
  );
}

/** Honeypots alone, for it is they that the bar is for. */
function onHoneypots({ annotator: { annotator, annotator_id, honeypots } }: AnnotatorRow) {
  if (honeypots.of === 0) return [];
  return [
    {
      key: `${annotator_id}-honeypots`,
      name: 'honeypots',
      inner: true,
      interval: honeypots.share,
      figures: (
        <>
          {formatShare(honeypots.share?.value ?? 0)} <small>{ofAll(honeypots)}</small>
        </>
      ),
      title: `${annotator} on honeypots: right in ${ofAll(honeypots)}, ${formatShareOut(honeypots)}`,
    },
  ];
}

function Who({ row: { annotator } }: { row: AnnotatorRow }) {
  return (
    <Group gap={6} wrap="nowrap" component="span">
      <Text span inherit fw={600} truncate>
        {annotator.annotator}
      </Text>
      <Text span size="xs" c="dimmed">
        {annotator.tier}
      </Text>
      {annotator.state === 'paused' && (
        <Badge size="xs" color="gray" variant="light" miw="max-content">
          paused
        </Badge>
      )}
    </Group>
  );
}

function Figures({ row: { right, estimate } }: { row: AnnotatorRow }) {
  if (right.of === 0) return <small>{estimate === null ? '' : `estimated ${formatShare(estimate)}`}</small>;
  return (
    <>
      {formatShare(right.share?.value ?? 0)} <small>{ofAll(right)}</small>
    </>
  );
}

function inWords({ annotator, labelClass, right, estimate, mistakenFor }: AnnotatorRow): string {
  const of = labelClass ? ` where the truth is ${labelClass.name}` : '';
  const checked = right.of > 0 ? `right in ${ofAll(right)}, ${formatShareOut(right)}` : 'not checked yet';
  const guess = estimate === null ? '' : `; estimated ${formatShare(estimate)}`;
  return `${annotator.annotator}${of}: ${checked}${guess}${mistakenFor ? `; mistakes it for ${mistakenFor.name}` : ''}`;
}

function AnnotatorTable({ rows }: { rows: AnnotatorRow[] }) {
  return (
    <Table.ScrollContainer minWidth={680} mah={480}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Annotator</Table.Th>
            <Table.Th>True class</Table.Th>
            <Table.Th className="number">Answers</Table.Th>
            <Table.Th className="number">Right</Table.Th>
            <Table.Th className="number">Share, 95% interval</Table.Th>
            <Table.Th className="number">Estimated</Table.Th>
            <Table.Th>Mistaken for</Table.Th>
            <Table.Th className="number">Honeypots</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.key}>
              <Table.Td>{row.labelClass ? '' : <Who row={row} />}</Table.Td>
              <Table.Td>{row.labelClass ? <ClassName of={row.labelClass} /> : 'all'}</Table.Td>
              <Table.Td className="number">
                {row.labelClass ? '' : formatCount(row.annotator.answers)}
              </Table.Td>
              <Table.Td className="number">{ofAll(row.right)}</Table.Td>
              <Table.Td className="number">{formatShareOut(row.right)}</Table.Td>
              <Table.Td className="number">
                {row.estimate === null ? '–' : formatShare(row.estimate)}
              </Table.Td>
              <Table.Td>{row.mistakenFor && <ClassName of={row.mistakenFor} />}</Table.Td>
              <Table.Td className="number">{row.labelClass ? '' : ofAll(row.annotator.honeypots)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
