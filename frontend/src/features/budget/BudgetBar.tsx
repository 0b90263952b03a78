import type { BudgetOut } from '@/api/types.gen';
import { formatMoneyShort } from '@/lib/money';
import classes from './BudgetBar.module.css';
import { budgetParts } from './parts';

type Use = Pick<BudgetOut, 'limit' | 'spent' | 'reserved' | 'left'>;

interface UseBarProps {
  use: Use;
  currency: string;
  slim?: boolean;
}

/** Spent solid, reserved hatched, left empty. */
export function UseBar({ use, currency, slim = false }: UseBarProps) {
  const parts = budgetParts(use);
  const money = (amount: string) => formatMoneyShort(amount, currency);
  const label = `${money(use.spent)} spent, ${money(use.reserved)} reserved, ${money(use.left)} left of ${money(use.limit)}`;
  return (
    <div className={classes.bar} data-slim={slim} role="img" aria-label={label} title={label}>
      <div className={classes.spent} style={{ flexGrow: parts.spent }} />
      <div className={classes.reserved} style={{ flexGrow: parts.reserved }} />
      <div style={{ flexGrow: parts.left }} />
    </div>
  );
}

export function BudgetBar({ budget, slim = false }: { budget: BudgetOut; slim?: boolean }) {
  return <UseBar use={budget} currency={budget.currency} slim={slim} />;
}
