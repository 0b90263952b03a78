import { Badge, Group, Stack, Text } from '@mantine/core';
import type { ForecastOut, ProjectOut } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { Facts } from '@/components/Facts';
import { Panel } from '@/components/Panel';
import { formatMoneyRounded } from '@/lib/money';
import { formatShare } from '@/lib/numbers';
import { moneyBandText, targetText } from './forecast';
import { PurchaseField } from './PurchaseField';
import { TermsButton } from './TermsButton';

interface ForecastPanelProps {
  forecast: ForecastOut;
  project: ProjectOut;
  mayChange: boolean;
  amount: number | undefined;
  onAmount: (amount: number | undefined) => void;
}

const MARKS = {
  continue: { name: 'go on', color: 'accent' },
  stop: { name: 'stop', color: 'red' },
  unknown: { name: 'not weighed', color: 'gray' },
};

/** What the next money buys, when the target is reached, and whether to go on. */
export function ForecastPanel({ forecast, project, mayChange, amount, onAmount }: ForecastPanelProps) {
  const { next_round, reason } = forecast;
  const mark = next_round && MARKS[next_round.recommendation];
  return (
    <Panel
      title={
        <Group gap="xs">
          Should labeling go on?
          {mark && (
            <Badge variant="light" color={mark.color}>
              {mark.name}
            </Badge>
          )}
        </Group>
      }
      actions={mayChange && <TermsButton project={project} />}
    >
      <Stack gap="xs">
        {next_round && <Text size="sm">{next_round.sentence}</Text>}
        {reason ? <EmptyState title="No forecast yet">{reason}</EmptyState> : <Target forecast={forecast} />}
        {!reason && <PurchaseField forecast={forecast} amount={amount} onAmount={onAmount} />}
      </Stack>
    </Panel>
  );
}

function Target({ forecast }: { forecast: ForecastOut }) {
  const { currency, to_target, target_cost, target_reached } = forecast;
  if (target_cost === null) {
    return (
      <Text size="sm" c="dimmed">
        No target is set. With one, the money still needed to reach it is forecast here.
      </Text>
    );
  }
  return (
    <Facts
      facts={[
        ['Target', targetText(target_cost, currency)],
        ['Reached', target_reached ? 'by the champion' : null],
        ['Reached after', to_target && !target_reached ? moneyBandText(to_target.total, currency) : null],
        [
          'Beyond what is spent',
          to_target && !target_reached ? moneyBandText(to_target.further, currency) : null,
        ],
        [
          'Probability',
          to_target && !target_reached
            ? `${formatShare(to_target.probability)} within ${formatMoneyRounded(Number(to_target.horizon), currency)}`
            : null,
        ],
      ]}
    />
  );
}
