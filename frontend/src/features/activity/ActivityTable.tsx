import { ScrollArea, Table, Text } from '@mantine/core';
import type { ActivityOut } from '@/api/types.gen';
import { Time } from '@/components/Time';
import classes from './ActivityTable.module.css';
import { type Change, changesOf, turnOf } from './changes';

export function ActivityTable({ entries, currency }: { entries: ActivityOut[]; currency: string }) {
  return (
    <ScrollArea type="auto">
      <Table miw={640}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={120}>When</Table.Th>
            <Table.Th w="22%">Who</Table.Th>
            <Table.Th w="26%">What</Table.Th>
            <Table.Th>Change</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <ActivityRow key={entry.id} entry={entry} currency={currency} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function ActivityRow({ entry, currency }: { entry: ActivityOut; currency: string }) {
  const gone = turnOf(entry) === 'gone';
  return (
    <Table.Tr data-testid="activity" style={{ verticalAlign: 'top' }}>
      <Table.Td>
        <Time at={entry.at} />
      </Table.Td>
      <Table.Td className={classes.wrap}>{entry.by ?? 'Heedful itself'}</Table.Td>
      <Table.Td className={classes.wrap}>
        {entry.title}
        {entry.subject && (
          <Text size="xs" c="dimmed">
            {entry.subject}
          </Text>
        )}
      </Table.Td>
      <Table.Td className={classes.wrap}>
        {gone && 'removed'}
        <ul className={classes.changes}>
          {changesOf(entry, currency).map((change) => (
            <ChangeLine key={change.name} change={change} />
          ))}
        </ul>
      </Table.Td>
    </Table.Tr>
  );
}

function ChangeLine({ change: { name, before, after } }: { change: Change }) {
  return (
    <li>
      <span className={classes.name}>{name}:</span>{' '}
      {before !== null && (after === null ? <del>{before}</del> : before)}
      {before !== null && after !== null && ' → '}
      {after !== null && <strong>{after}</strong>}
    </li>
  );
}
