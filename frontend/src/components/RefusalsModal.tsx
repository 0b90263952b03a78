import { Modal, Table, Text } from '@mantine/core';
import { ErrorNotice } from './ErrorNotice';
import { Pager } from './Pager';
import { Skeletons } from './Skeletons';

interface Refused {
  row: number;
  name: string;
  reason: string;
}

interface RefusalsModalProps {
  opened: boolean;
  title: string;
  /** What the names are of. */
  column: string;
  refusals: {
    data?: { items: Refused[] };
    isError: boolean;
    isPending: boolean;
    error: unknown;
    refetch: () => unknown;
  };
  /** What is not shown, and why. */
  note?: string;
  page: number;
  size: number;
  /** How many there are to page through. */
  count: number;
  onPage: (page: number) => void;
  onClose: () => void;
}

/** What of a source was not let in: row by row, with the reason. */
export function RefusalsModal({
  opened,
  title,
  column,
  refusals,
  note,
  onClose,
  ...pager
}: RefusalsModalProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} size="xl">
      {refusals.isError && <ErrorNotice error={refusals.error} onRetry={() => refusals.refetch()} />}
      {refusals.isPending && <Skeletons heights={[28, 28, 28]} />}
      {note && (
        <Text size="sm" c="dimmed">
          {note}
        </Text>
      )}
      {refusals.data && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th className="number">Row</Table.Th>
              <Table.Th>{column}</Table.Th>
              <Table.Th>Reason</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {refusals.data.items.map((refusal) => (
              <Table.Tr key={`${refusal.row} ${refusal.name}`}>
                <Table.Td className="number">{refusal.row}</Table.Td>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{refusal.name}</Table.Td>
                <Table.Td>{refusal.reason}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Pager {...pager} />
    </Modal>
  );
}
