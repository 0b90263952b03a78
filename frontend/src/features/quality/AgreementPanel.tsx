import { Table, Text } from '@mantine/core';
import type { AgreementOut } from '@/api/types.gen';
import { DataActions } from '@/components/DataActions';
import { EmptyState } from '@/components/EmptyState';
import { IntervalBars } from '@/components/IntervalBars';
import { Panel } from '@/components/Panel';
import { formatEstimate, formatShare, plural } from '@/lib/numbers';
import { formatShareOut, ofAll } from '@/lib/shares';
import { agreementCsv, agreementFinding, pairsByOverlap } from './trust';

const MOST_PAIRS = 8;

interface AgreementPanelProps {
  agreement: AgreementOut | null;
  table: boolean;
  onTable: (table: boolean) => void;
}

/** How far annotators agree, all together and each two. */
export function AgreementPanel({ agreement, table, onTable }: AgreementPanelProps) {
  if (!agreement || agreement.pairs.length === 0) {
    return (
      <Panel title={agreementFinding(null)}>
        <EmptyState title="Nothing was answered twice yet">
          Gold goes to several experts, and doubtful labels are asked again; their answers are compared here.
        </EmptyState>
      </Panel>
    );
  }
  const pairs = pairsByOverlap(agreement.pairs);
  return (
    <Panel
      title={agreementFinding(agreement)}
      actions={
        <DataActions
          of="agreement"
          table={table}
          onTable={onTable}
          csv={{ name: 'agreement.csv', text: () => agreementCsv(agreement) }}
        />
      }
    >
      <Text size="sm" c="dimmed" mb="sm">
        {agreement.alpha
          ? `Krippendorff’s alpha ${formatEstimate(agreement.alpha)}: 1 is full agreement, 0 is chance. `
          : 'All say the same class so far, so that there is nothing to disagree about. '}
        {plural(agreement.shared, 'sample')} of {agreement.samples} have several answers.
      </Text>
      {table ? <PairTable pairs={pairs} /> : <PairBars pairs={pairs} />}
    </Panel>
  );
}

function PairBars({ pairs }: { pairs: AgreementOut['pairs'] }) {
  const rows = pairs.slice(0, MOST_PAIRS).map(({ one, other, same }) => ({
    key: `${one} ${other}`,
    name: `${one} · ${other}`,
    interval: same.share,
    figures: (
      <>
        {formatShare(same.share?.value ?? 0)} <small>{ofAll(same)}</small>
      </>
    ),
    title: `${one} and ${other} gave the same answer in ${ofAll(same)}, ${formatShareOut(same)}`,
  }));
  return (
    <>
      <IntervalBars rows={rows} from={0} to={1} format={formatShare} unit="same answer" />
      {pairs.length > MOST_PAIRS && (
        <Text size="xs" c="dimmed" mt={4}>
          The {MOST_PAIRS} pairs that met most often; all {pairs.length} are in the table.
        </Text>
      )}
    </>
  );
}

function PairTable({ pairs }: { pairs: AgreementOut['pairs'] }) {
  return (
    <Table.ScrollContainer minWidth={420} mah={340}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Annotator</Table.Th>
            <Table.Th>Other</Table.Th>
            <Table.Th className="number">Same</Table.Th>
            <Table.Th className="number">Share, 95% interval</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {pairs.map(({ one, other, same }) => (
            <Table.Tr key={`${one} ${other}`}>
              <Table.Td>{one}</Table.Td>
              <Table.Td>{other}</Table.Td>
              <Table.Td className="number">{ofAll(same)}</Table.Td>
              <Table.Td className="number">{formatShareOut(same)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
