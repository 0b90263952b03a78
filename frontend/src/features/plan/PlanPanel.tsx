import { Group, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getPlanOptions } from '@/api/@tanstack/react-query.gen';
import type { PlanOut } from '@/api/types.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Facts } from '@/components/Facts';
import { Panel } from '@/components/Panel';
import { useFresh } from '@/hooks/use-fresh';
import { useMay } from '@/hooks/use-may';
import { ApiError } from '@/lib/errors';
import { formatMoney } from '@/lib/money';
import { formatCount, plural } from '@/lib/numbers';
import { ApproveButton } from './ApproveButton';
import { mixedIn } from './mixed-in';
import { PlannedItems } from './PlannedItems';
import { RankedAgain } from './RankedAgain';

interface PlanPanelProps {
  projectId: number;
  currency: string;
}

/** Who answers the newest round, at which price, and what that is expected to save; approved here where that is asked
 * for. Nothing before the first round. */
export function PlanPanel({ projectId, currency }: PlanPanelProps) {
  const plan = useQuery({ ...getPlanOptions({ path: { project_id: projectId } }), ...useFresh(projectId) });
  const mayChange = useMay(projectId, 'change_money');
  if (plan.error instanceof ApiError && plan.error.status === 404) return null;
  if (plan.isError && !plan.data) return <ErrorNotice error={plan.error} onRetry={() => plan.refetch()} />;
  if (!plan.data || plan.data.state === 'closed') return null;
  const waits = plan.data.state === 'planned';
  return (
    <Panel
      title={titleOf(plan.data, currency)}
      actions={
        waits &&
        mayChange && <ApproveButton projectId={projectId} price={formatMoney(plan.data.price, currency)} />
      }
    >
      <Group align="flex-start" gap="xl">
        <Tiers plan={plan.data} currency={currency} />
        <Facts facts={outlook(plan.data, currency)} />
      </Group>
      <RankedAgain rerankings={plan.data.rerankings} currency={currency} />
      {waits && (
        <PlannedItems plan={plan.data} projectId={projectId} currency={currency} mayChange={mayChange} />
      )}
    </Panel>
  );
}

function titleOf(plan: PlanOut, currency: string): string {
  const price = formatMoney(plan.price, currency);
  const what = plan.kind === 'gold' ? 'The gold set' : `Round ${plan.round_number}`;
  if (plan.state === 'planned') return `${what} waits for approval: ${price}`;
  return `${what}: who answers, for ${price}`;
}

function Tiers({ plan, currency }: { plan: PlanOut; currency: string }) {
  return (
    <Table maw={420}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Tier</Table.Th>
          <Table.Th className="number">Samples</Table.Th>
          <Table.Th className="number">Answers</Table.Th>
          <Table.Th className="number">Price</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {plan.tiers.map((tier) => (
          <Table.Tr key={tier.tier}>
            <Table.Td>{tier.tier}</Table.Td>
            <Table.Td className="number">{formatCount(tier.samples)}</Table.Td>
            <Table.Td className="number">{formatCount(tier.answers)}</Table.Td>
            <Table.Td className="number">{formatMoney(tier.price, currency)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function outlook(plan: PlanOut, currency: string): [string, React.ReactNode][] {
  const money = (amount: string | null) => (amount === null ? null : formatMoney(amount, currency));
  return [
    ['Expected price, with what it may lead to', money(plan.expected_price)],
    ['Cost of wrong labels, without these answers', money(plan.risk_before)],
    ['and with them', money(plan.risk_after)],
    [
      'Decisions resting on one label',
      plan.leverage === null ? null : formatCount(Math.round(plan.leverage)),
    ],
    ['Mixed in', mixedIn(plan, plural)],
  ];
}
