import { ActionIcon, Badge, Group, NativeSelect, NumberInput, ScrollArea, Table } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { changePlannedItemMutation, dropPlannedItemMutation } from '@/api/@tanstack/react-query.gen';
import type { PlannedItemOut, PlanOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { formatMoney } from '@/lib/money';

interface PlannedItemsProps {
  plan: PlanOut;
  projectId: number;
  currency: string;
  mayChange: boolean;
}

/** Every planned sample with its tier and number of answers, to be changed or left out before approval. */
export function PlannedItems({ plan, ...shared }: PlannedItemsProps) {
  return (
    <ScrollArea.Autosize mah={420} mt="sm" type="auto">
      <Table miw={760} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th />
            <Table.Th>Why</Table.Th>
            <Table.Th>Tier</Table.Th>
            <Table.Th>Answers</Table.Th>
            <Table.Th className="number">Price</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {plan.items.map((item) => (
            <ItemRow key={item.id} item={item} askable={plan.askable} {...shared} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  );
}

interface ItemRowProps extends Omit<PlannedItemsProps, 'plan'> {
  item: PlannedItemOut;
  askable: PlanOut['askable'];
}

function ItemRow({ item, askable, projectId, currency, mayChange }: ItemRowProps) {
  const change = useMutation({ ...changePlannedItemMutation(), ...useProjectAction() });
  const drop = useMutation({ ...dropPlannedItemMutation(), ...useProjectAction() });
  const path = { project_id: projectId, item_id: item.id };
  const set = (tier_id: number, answers: number) => {
    const people = askable.find((tier) => tier.id === tier_id)?.people ?? 1;
    change.mutate({ path, body: { tier_id, answers: Math.min(answers, people) } });
  };
  const people = askable.find((tier) => tier.id === item.tier_id)?.people ?? item.answers;
  return (
    <Table.Tr data-testid="planned-item">
      <Table.Td>
        <img src={item.picture_url} alt={item.sample_name} height={36} loading="lazy" />
      </Table.Td>
      <Table.Td>
        {item.reason}
        <Group gap={4}>
          {item.honeypot && <Badge variant="light">honeypot</Badge>}
          {item.blind && <Badge variant="light">blind</Badge>}
        </Group>
      </Table.Td>
      <Table.Td>
        <NativeSelect
          aria-label={`Tier for ${item.sample_name}`}
          disabled={!mayChange || change.isPending}
          data={askable.map((tier) => ({ value: String(tier.id), label: tier.kind }))}
          value={String(item.tier_id)}
          onChange={(event) => set(Number(event.currentTarget.value), item.answers)}
        />
      </Table.Td>
      <Table.Td>
        <NumberInput
          aria-label={`Answers for ${item.sample_name}`}
          w={70}
          min={1}
          max={people}
          disabled={!mayChange || change.isPending || people === 1}
          value={item.answers}
          onChange={(value) =>
            typeof value === 'number' && value !== item.answers && set(item.tier_id, value)
          }
        />
      </Table.Td>
      <Table.Td className="number">{formatMoney(Number(item.price) * item.answers, currency)}</Table.Td>
      <Table.Td>
        {mayChange && (
          <ActionIcon
            variant="subtle"
            aria-label={`Leave ${item.sample_name} out`}
            loading={drop.isPending}
            onClick={() => drop.mutate({ path })}
          >
            <IconX size={16} />
          </ActionIcon>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
