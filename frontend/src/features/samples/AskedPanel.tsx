import { Anchor, Badge, Button, Group, ScrollArea, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AskedOut, SampleDetailOut } from '@/api/types.gen';
import { Panel } from '@/components/Panel';
import { Time } from '@/components/Time';
import { formatMoney } from '@/lib/money';
import { formatNumber, formatShare, plural } from '@/lib/numbers';

const STATES: Record<AskedOut['state'], string> = {
  planned: 'planned',
  reserved: 'waiting',
  sent: 'with annotators',
  answered: 'answered',
  skipped: 'skipped',
  withdrawn: 'withdrawn',
};

interface AskedPanelProps {
  projectId: number;
  sample: SampleDetailOut;
  currency: string;
  /** Whose heatmap is shown above. */
  shown: number | undefined;
  onShow: (item: AskedOut) => void;
}

/** Each time the sample was chosen: by what, for whom, and what became of it. */
export function AskedPanel({ projectId, sample, currency, shown, onShow }: AskedPanelProps) {
  const { asked, cost } = sample;
  if (asked.length === 0) return null;
  const severalMaps = asked.filter((item) => item.heat_url !== null).length > 1;
  return (
    <Panel title={`Asked ${asked.length === 1 ? 'once' : plural(asked.length, 'time')}`}>
      <ScrollArea type="auto" offsetScrollbars="x">
        <Table miw={760}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Round</Table.Th>
              <Table.Th>Asked</Table.Th>
              <Table.Th>Of</Table.Th>
              <Table.Th>Why</Table.Th>
              <Table.Th>State</Table.Th>
              {cost && <Table.Th className="number">Price</Table.Th>}
              {cost && <Table.Th className="number">Charged</Table.Th>}
              {severalMaps && <Table.Th>Heatmap</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {asked.map((item) => (
              <Table.Tr key={item.id} data-testid="asked">
                <Table.Td style={{ whiteSpace: 'nowrap' }}>
                  <ItemLink projectId={projectId} item={item} />
                </Table.Td>
                <Table.Td>
                  <Time at={item.asked_at} />
                </Table.Td>
                <Table.Td>
                  {item.tier}
                  {item.answers_wanted > 1 && `, ${item.answers_wanted} of them`}
                </Table.Td>
                <Table.Td>
                  <Why item={item} />
                </Table.Td>
                <Table.Td>
                  {STATES[item.state]}
                  {item.ended_because && (
                    <Text size="xs" c="dimmed">
                      {item.ended_because}
                    </Text>
                  )}
                </Table.Td>
                {cost && <Table.Td className="number">{formatMoney(item.price ?? 0, currency)}</Table.Td>}
                {cost && (
                  <Table.Td className="number" style={{ color: 'var(--money)', fontWeight: 600 }}>
                    {item.charged !== null && formatMoney(item.charged, currency)}
                  </Table.Td>
                )}
                {severalMaps && (
                  <Table.Td>
                    {item.heat_url && <ShowButton item={item} shown={shown} onShow={onShow} />}
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </Panel>
  );
}

function ItemLink({ projectId, item }: { projectId: number; item: AskedOut }) {
  return (
    <Anchor
      inherit
      renderRoot={(props) => (
        <Link
          to="/projects/$projectId/queue"
          params={{ projectId }}
          search={{ round: item.round_number, item: item.id }}
          {...props}
        />
      )}
    >
      {item.round_kind === 'gold' ? 'gold' : `round ${item.round_number}`}, place {item.rank}
    </Anchor>
  );
}

function Why({ item }: { item: AskedOut }) {
  const isGold = item.round_kind === 'gold';
  return (
    <>
      <Group gap={6}>
        {item.strategy}
        {item.honeypot && <Badge variant="light">honeypot</Badge>}
        {item.blind && <Badge variant="light">blind</Badge>}
      </Group>
      <Text size="xs" c="dimmed">
        {item.reason} {!isGold && `Score ${formatNumber(item.score, 3)}, `}
        {isGold ? 'Chance' : 'chance'} to be chosen {formatShare(item.selection_probability)}.
      </Text>
    </>
  );
}

interface ShowButtonProps {
  item: AskedOut;
  shown: number | undefined;
  onShow: (item: AskedOut) => void;
}

function ShowButton({ item, shown, onShow }: ShowButtonProps) {
  if (item.id === shown) return 'shown above';
  return (
    <Button variant="default" onClick={() => onShow(item)}>
      Show
    </Button>
  );
}
