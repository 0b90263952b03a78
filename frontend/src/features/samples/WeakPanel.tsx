import { Table, Text } from '@mantine/core';
import type { SampleDetailOut, SampleWeakOut, WeakVoteOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { Panel } from '@/components/Panel';
import { Time } from '@/components/Time';
import { formatShare } from '@/lib/numbers';
import { formatShareOut, ofAll } from '@/lib/shares';
import { KINDS } from '@/lib/weak';
import { silentWords, togetherWords, voteStanding, weakTitle } from './weak-votes';

interface WeakPanelProps {
  weak: SampleWeakOut;
  label: SampleDetailOut['label'];
}

/** What each weak source calls the sample, how right it is elsewhere, and what all of them amount to. */
export function WeakPanel({ weak, label }: WeakPanelProps) {
  const together = togetherWords({ weak, label });
  return (
    <Panel title={weakTitle({ weak, label })}>
      {together && (
        <Text size="sm" mb="xs" data-testid="weak-together">
          {together}{' '}
          {weak.weighed_at && (
            <Text span size="xs" c="dimmed">
              Weighed <Time at={weak.weighed_at} />
            </Text>
          )}
        </Text>
      )}
      {weak.votes.length > 0 && (
        <Table.ScrollContainer minWidth={620}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Source</Table.Th>
                <Table.Th>Says</Table.Th>
                <Table.Th className="number">Right of all checked, 95% interval</Table.Th>
                <Table.Th className="number">Right where it says so</Table.Th>
                <Table.Th className="number">Estimated there</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {weak.votes.map((vote) => (
                <Vote key={vote.source_id} vote={vote} label={label} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Text size="sm" c="dimmed">
        {silentWords(weak)}
      </Text>
    </Panel>
  );
}

function Vote({ vote, label }: { vote: WeakVoteOut; label: SampleDetailOut['label'] }) {
  const standing = voteStanding(vote);
  return (
    <Table.Tr data-testid="weak-vote" c={vote.counts ? undefined : 'dimmed'}>
      <Table.Td>
        {vote.source}
        <Note>
          {KINDS[vote.kind]}, claims {formatShare(vote.claimed_accuracy)}
          {standing && `; ${standing}`}
        </Note>
      </Table.Td>
      <Table.Td>
        <ClassName of={vote.label} />
        {vote.confidence !== null && <Note>{formatShare(vote.confidence)} sure of it</Note>}
        {label && label.label.id !== vote.label.id && <Note>not the label</Note>}
      </Table.Td>
      <Table.Td className="number">
        {vote.right ? formatShareOut(vote.right) : '–'}
        {vote.right && <Note>{ofAll(vote.right)}</Note>}
      </Table.Td>
      <Table.Td className="number">{vote.right_here ? ofAll(vote.right_here) : '–'}</Table.Td>
      <Table.Td className="number">{vote.estimate === null ? '–' : formatShare(vote.estimate)}</Table.Td>
    </Table.Tr>
  );
}

function Note({ children }: { children: React.ReactNode }) {
  return (
    <Text size="xs" c="dimmed">
      {children}
    </Text>
  );
}
