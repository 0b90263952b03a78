import { Button, Modal, ScrollArea, Table } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { listAllowancesOptions, listPeopleOptions } from '@/api/@tanstack/react-query.gen';
import type { AllowanceOut } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useFresh } from '@/hooks/use-fresh';
import { AllowanceForm } from './AllowanceForm';
import { AllowanceRow } from './AllowanceRow';

interface AllowancesPanelProps {
  projectId: number;
  currency: string;
  mayChange: boolean;
}

/** Limits beside the budget's own, each with its use in the present period. */
export function AllowancesPanel({ projectId, currency, mayChange }: AllowancesPanelProps) {
  const allowances = useQuery({
    ...listAllowancesOptions({ path: { project_id: projectId } }),
    ...useFresh(projectId),
  });
  if (allowances.isError && !allowances.data)
    return <ErrorNotice error={allowances.error} onRetry={() => allowances.refetch()} />;
  if (!allowances.data) return <Skeletons heights={[160]} />;
  const shared = { projectId, currency, mayChange };
  return (
    <Panel
      title="Who may cost how much?"
      actions={
        mayChange && <AddAllowance projectId={projectId} currency={currency} allowances={allowances.data} />
      }
    >
      {allowances.data.length === 0 ? (
        <EmptyState title="No limit beside the budget’s own">
          The project can be limited for each day, week or month; a tier and an annotator also in all.
        </EmptyState>
      ) : (
        <AllowanceTable allowances={allowances.data} {...shared} />
      )}
    </Panel>
  );
}

function AllowanceTable({ allowances, ...shared }: AllowancesPanelProps & { allowances: AllowanceOut[] }) {
  return (
    <ScrollArea type="auto">
      <Table miw={620}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Who</Table.Th>
            <Table.Th>Used now</Table.Th>
            <Table.Th className="number">Spent</Table.Th>
            <Table.Th className="number">Reserved</Table.Th>
            <Table.Th className="number">Left</Table.Th>
            <Table.Th className="number">At most</Table.Th>
            {shared.mayChange && <Table.Th />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {allowances.map((allowance) => (
            <AllowanceRow key={allowance.id} allowance={allowance} {...shared} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

interface AddAllowanceProps {
  projectId: number;
  currency: string;
  allowances: AllowanceOut[];
}

function AddAllowance({ projectId, currency, allowances }: AddAllowanceProps) {
  const [opened, { open, close }] = useDisclosure(false);
  const people = useQuery({ ...listPeopleOptions({ path: { project_id: projectId } }), enabled: opened });
  return (
    <>
      <Button variant="default" onClick={open}>
        Set a limit…
      </Button>
      <Modal opened={opened} onClose={close} title="A limit beside the budget’s own">
        {people.isError && <ErrorNotice error={people.error} onRetry={() => people.refetch()} />}
        {people.isPending && <Skeletons heights={[240]} />}
        {people.data && (
          <AllowanceForm
            projectId={projectId}
            currency={currency}
            people={people.data}
            allowances={allowances}
            onDone={close}
          />
        )}
      </Modal>
    </>
  );
}
