import { Badge, Group, ScrollArea, Table, Text } from '@mantine/core';
import type { ZooOut } from '@/api/types.gen';
import { May } from '@/components/May';
import { COST_UNIT, perThousand } from '@/lib/cost';
import { formatMoneyInterval } from '@/lib/money';
import { formatEstimate } from '@/lib/numbers';
import classes from './BackboneTable.module.css';
import { describe, formatRate, type ZooRow, zooRows } from './backbones';
import { ChooseBackbone } from './ChooseBackbone';

interface BackboneTableProps {
  projectId: number;
  zoo: ZooOut;
  currency: string;
}

/** A row a backbone: what it is, how fast it is here, and how a head on it does on the labels at hand. */
export function BackboneTable({ projectId, zoo, currency }: BackboneTableProps) {
  const compared = zoo.comparison !== null;
  return (
    <ScrollArea type="auto">
      <Table miw={compared ? 900 : 480} verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Backbone</Table.Th>
            <Table.Th className="number">Pictures a second</Table.Th>
            {compared && (
              <>
                <Table.Th className="number">Expected cost {COST_UNIT}</Table.Th>
                <Table.Th className="number">Difference to {zoo.comparison?.current}</Table.Th>
                <Table.Th className="number">Average precision, {zoo.comparison?.focus}</Table.Th>
              </>
            )}
            <Table.Th aria-label="Choose" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {zooRows(zoo).map((row) => (
            <Row key={row.backbone.name} row={row} projectId={projectId} zoo={zoo} currency={currency} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function Row({ row, projectId, zoo, currency }: BackboneTableProps & { row: ZooRow }) {
  const { backbone, probe, reason } = row;
  return (
    <Table.Tr data-testid="backbone" data-name={backbone.name} className={classes.row}>
      <Table.Td className={classes.name}>
        <Group gap={6}>
          {backbone.name}
          {backbone.chosen && <Badge variant="light">in use</Badge>}
          {zoo.comparison?.choose === backbone.name && !backbone.chosen && (
            <Badge variant="light" color="accent">
              advised
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {describe(backbone)}
        </Text>
        {reason && (
          <Text size="xs" c="var(--bad)">
            {reason}
          </Text>
        )}
      </Table.Td>
      <Table.Td className="number">
        {backbone.per_second === null ? '' : formatRate(backbone.per_second)}
      </Table.Td>
      {zoo.comparison && (
        <>
          <Table.Td className="number">
            {probe && formatMoneyInterval(perThousand(probe.expected_cost), currency)}
          </Table.Td>
          <Table.Td className="number">
            {probe?.difference && formatMoneyInterval(perThousand(probe.difference), currency)}
          </Table.Td>
          <Table.Td className="number">
            {probe?.average_precision && formatEstimate(probe.average_precision)}
          </Table.Td>
        </>
      )}
      <Table.Td className="number">
        {!backbone.chosen && backbone.available && (
          <May projectId={projectId} to="change_settings">
            <ChooseBackbone projectId={projectId} zoo={zoo} backbone={backbone} />
          </May>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
