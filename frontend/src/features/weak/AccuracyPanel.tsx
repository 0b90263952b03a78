import { Table, Text } from '@mantine/core';
import type { WeakSourceOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { DataActions } from '@/components/DataActions';
import { IntervalBars } from '@/components/IntervalBars';
import { Panel } from '@/components/Panel';
import { formatCount, formatShare } from '@/lib/numbers';
import { formatShareOut, ofAll } from '@/lib/shares';
import type { WeakViewProps } from './search';
import { type AccuracyRow, accuracyCsv, accuracyFinding, accuracyRows } from './weak';

/** How often each source is right where experts have labeled the same samples, against what it claims. */
export function AccuracyPanel({ sources, search, onSearch }: { sources: WeakSourceOut[] } & WeakViewProps) {
  const rows = accuracyRows(sources);
  return (
    <Panel
      title={accuracyFinding(sources)}
      actions={
        <DataActions
          of="weak sources’ accuracy"
          table={search.accuracy === 'table'}
          onTable={(table) => onSearch({ ...search, accuracy: table ? 'table' : undefined })}
          csv={{ name: 'weak-sources.csv', text: () => accuracyCsv(rows) }}
        />
      }
    >
      <Text size="sm" c="dimmed" mb="sm">
        Filled: share right of what experts and gold can check, where it names that class, with its 95%
        interval. Hollow: the estimate, which is drawn to the claim where little is checked. Experts are asked
        mostly about doubtful samples, so over the whole pool a source may be right more often than this.
      </Text>
      {search.accuracy === 'table' ? <AccuracyTable rows={rows} /> : <AccuracyBars rows={rows} />}
    </Panel>
  );
}

function AccuracyBars({ rows }: { rows: AccuracyRow[] }) {
  return (
    <IntervalBars
      rows={rows.map((row) => ({
        key: row.key,
        name: row.labelClass ? (
          <ClassName of={row.labelClass} />
        ) : (
          <>
            <b>{row.source.name}</b> <small>claims {formatShare(row.source.claimed_accuracy)}</small>
          </>
        ),
        inner: row.labelClass !== null,
        interval: row.right.share,
        estimate: row.estimate,
        figures: (
          <>
            {formatShare(row.estimate)} <small>{ofAll(row.right)}</small>
          </>
        ),
        title: `${row.source.name}${row.labelClass ? ` where it says ${row.labelClass.name}` : ''}: ${formatShareOut(row.right, 'none checked yet')}; estimated ${formatShare(row.estimate)}, claimed ${formatShare(row.source.claimed_accuracy)}`,
      }))}
      from={0}
      to={1}
      format={formatShare}
      unit="right, of checked"
    />
  );
}

function AccuracyTable({ rows }: { rows: AccuracyRow[] }) {
  return (
    <Table.ScrollContainer minWidth={620} mah={480}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Source</Table.Th>
            <Table.Th>Says</Table.Th>
            <Table.Th className="number">Labels</Table.Th>
            <Table.Th className="number">Claimed</Table.Th>
            <Table.Th className="number">Right</Table.Th>
            <Table.Th className="number">Share, 95% interval</Table.Th>
            <Table.Th className="number">Estimated</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.key}>
              <Table.Td>{row.labelClass ? '' : row.source.name}</Table.Td>
              <Table.Td>{row.labelClass ? <ClassName of={row.labelClass} /> : 'all'}</Table.Td>
              <Table.Td className="number">{formatCount(row.named)}</Table.Td>
              <Table.Td className="number">
                {row.labelClass ? '' : formatShare(row.source.claimed_accuracy)}
              </Table.Td>
              <Table.Td className="number">{ofAll(row.right)}</Table.Td>
              <Table.Td className="number">{formatShareOut(row.right, 'none checked yet')}</Table.Td>
              <Table.Td className="number">{formatShare(row.estimate)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
