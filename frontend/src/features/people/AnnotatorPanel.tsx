import { Button, Modal, ScrollArea, Table } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { AnnotatorOut, TierOut } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { Panel } from '@/components/Panel';
import { useMay } from '@/hooks/use-may';
import { plural } from '@/lib/numbers';
import { AddAnnotatorForm } from './AddAnnotatorForm';
import { AnnotatorRow } from './AnnotatorRow';

interface AnnotatorPanelProps {
  projectId: number;
  annotators: AnnotatorOut[];
  tiers: TierOut[];
  currency: string;
}

/** Who answers, in which tier, for how much, and how much this month. */
export function AnnotatorPanel({ projectId, annotators, tiers, currency }: AnnotatorPanelProps) {
  const manages = useMay(projectId, 'manage_people');
  return (
    <Panel
      title={annotators.length > 0 ? plural(annotators.length, 'annotator') : 'Annotators'}
      actions={manages && <AddAnnotator projectId={projectId} tiers={tiers} />}
    >
      {annotators.length === 0 ? (
        <EmptyState title="No annotator yet">
          Invite somebody as annotator, or add a person who already answers in Label Studio.
        </EmptyState>
      ) : (
        <ScrollArea type="auto">
          <Table miw={960}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Annotator</Table.Th>
                <Table.Th>Tier</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th className="number">Rate</Table.Th>
                <Table.Th className="number">Answers</Table.Th>
                <Table.Th className="number">This month</Table.Th>
                <Table.Th className="number">Paid minutes</Table.Th>
                <Table.Th>Last answer</Table.Th>
                {manages && <Table.Th />}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {annotators.map((one) => (
                <AnnotatorRow
                  key={one.id}
                  projectId={projectId}
                  annotator={one}
                  tiers={tiers}
                  currency={currency}
                  manages={manages}
                />
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
    </Panel>
  );
}

function AddAnnotator({ projectId, tiers }: { projectId: number; tiers: TierOut[] }) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" onClick={open}>
        Add without an account…
      </Button>
      <Modal opened={opened} onClose={close} title="Somebody who only answers in Label Studio">
        <AddAnnotatorForm projectId={projectId} tiers={tiers} onDone={close} />
      </Modal>
    </>
  );
}
