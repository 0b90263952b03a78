import { Anchor, Badge, Group, Text } from '@mantine/core';
import { IconSnowflake } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { BudgetStateOut, RateOut } from '@/api/types.gen';
import { Panel } from '@/components/Panel';
import { formatMoney, formatMoneyShort } from '@/lib/money';
import { BudgetFigures } from './BudgetFigures';
import { FreezeButton } from './FreezeButton';
import { MoveBudgetButton } from './MoveBudgetButton';
import { RulesButton } from './RulesButton';
import { rateSentence } from './rate';
import { rulesSentence } from './rules';

interface BudgetStateProps {
  projectId: number;
  budget: BudgetStateOut;
  /** What the experts are paid. */
  rate: RateOut;
  mayChange: boolean;
  /** A link led here to raise the budget. */
  toppingUp: boolean;
}

/** How the budget stands, by which rules answers are paid from it, and what a manager may do about it. */
export function BudgetState({ projectId, budget, rate, mayChange, toppingUp }: BudgetStateProps) {
  return (
    <Panel title={<Title budget={budget} />}>
      <BudgetFigures budget={budget} owed={budget.owed} />
      {Number(budget.owed) > 0 && <Owed projectId={projectId} budget={budget} />}
      <Text size="xs" c="dimmed" mt="xs">
        Experts: {rateSentence(rate, budget.currency)} {rulesSentence(budget)}
      </Text>
      {mayChange && (
        <Group gap={6} mt="sm">
          <MoveBudgetButton
            key={String(toppingUp)}
            projectId={projectId}
            budget={budget}
            direction="top-up"
            opened={toppingUp}
          />
          <MoveBudgetButton projectId={projectId} budget={budget} direction="lower" />
          <FreezeButton projectId={projectId} budget={budget} />
          <RulesButton projectId={projectId} budget={budget} />
        </Group>
      )}
    </Panel>
  );
}

function Title({ budget }: { budget: BudgetStateOut }) {
  return (
    <Group gap="xs">
      Budget {formatMoneyShort(budget.limit, budget.currency)}
      {budget.frozen && (
        <Badge variant="light" leftSection={<IconSnowflake size={12} />}>
          frozen
        </Badge>
      )}
    </Group>
  );
}

function Owed({ projectId, budget }: { projectId: number; budget: BudgetStateOut }) {
  return (
    <Text size="sm" mt={4}>
      {formatMoney(budget.owed, budget.currency)} of answers could not be charged.{' '}
      <Anchor
        size="sm"
        renderRoot={(props) => (
          <Link to="/projects/$projectId/money" params={{ projectId }} search={{ part: 'owed' }} {...props} />
        )}
      >
        Approve or waive…
      </Anchor>
    </Text>
  );
}
