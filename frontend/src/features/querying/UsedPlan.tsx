import { Stack, Table, Text } from '@mantine/core';
import type { QueryingOut } from '@/api/types.gen';
import { formatEstimate } from '@/lib/numbers';
import { usedSentence } from './query-plan';

/** What the newest query round made of the plan; of `auto`, what it believes of each way. */
export function UsedPlan({ used }: { used: QueryingOut['used'] }) {
  if (!used)
    return (
      <Text size="sm" c="dimmed">
        No round has been chosen yet. The first says here what it asked by.
      </Text>
    );
  return (
    <Stack gap="xs">
      <Text size="sm">{usedSentence(used)}</Text>
      {used.left_out.length > 0 && (
        <Text size="sm" c="dimmed">
          Waiting for what they need, labels or a model: {used.left_out.join(', ')}.
        </Text>
      )}
      {used.arms.length > 0 && <Arms arms={used.arms} />}
    </Stack>
  );
}

function Arms({ arms }: { arms: NonNullable<QueryingOut['used']>['arms'] }) {
  return (
    <Table maw={620}>
      <Table.Caption ta="left">
        By how many percent the expected cost is believed to fall for one percent more money, with the 95%
        interval.
      </Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Way of asking</Table.Th>
          <Table.Th className="number">Worth</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {arms
          .toSorted((one, other) => other.worth - one.worth)
          .map((arm) => (
            <Table.Tr key={arm.recipe}>
              <Table.Td>{arm.title}</Table.Td>
              <Table.Td className="number">
                {formatEstimate({ value: arm.worth, low: arm.low, high: arm.high })}
              </Table.Td>
            </Table.Tr>
          ))}
      </Table.Tbody>
    </Table>
  );
}
