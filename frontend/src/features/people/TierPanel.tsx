import { Group, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { TierOut } from '@/api/types.gen';
import { Panel } from '@/components/Panel';
import { useMay } from '@/hooks/use-may';
import { TierForm } from './TierForm';
import { ALL_TIERS, accuracyWords, rateWords, TIERS } from './words';

interface TierPanelProps {
  projectId: number;
  tiers: TierOut[];
  currency: string;
}

/** What each tier is expected to know and costs. */
export function TierPanel({ projectId, tiers, currency }: TierPanelProps) {
  const changes = useMay(projectId, 'change_settings');
  const missing = ALL_TIERS.filter((kind) => tiers.every((tier) => tier.kind !== kind));
  return (
    <Panel
      title="Tiers"
      actions={changes && missing.length > 0 && <TierForm projectId={projectId} kinds={missing} />}
    >
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Tier</Table.Th>
            <Table.Th className="number">Claimed accuracy</Table.Th>
            <Table.Th className="number">Rate</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tiers.map((tier) => (
            <Table.Tr key={tier.id} data-testid="tier">
              <Table.Td>
                {tier.kind}
                <Text size="xs" c="dimmed">
                  {TIERS[tier.kind]}
                </Text>
              </Table.Td>
              <Table.Td className="number">
                <Group gap={6} justify="flex-end" wrap="nowrap">
                  {accuracyWords(tier.claimed_accuracy)}
                  {changes && <TierForm projectId={projectId} kinds={[tier.kind]} tier={tier} />}
                </Group>
              </Table.Td>
              <Table.Td className="number">
                <Link
                  to="/projects/$projectId/money"
                  params={{ projectId }}
                  style={{ color: 'var(--accent)' }}
                >
                  {tier.rate ? rateWords(tier.rate, currency) : 'set a rate'}
                </Link>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="xs" c="dimmed" mt="xs">
        The claimed accuracy holds until answers to gold samples show the real one.
      </Text>
    </Panel>
  );
}
