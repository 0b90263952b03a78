import type { BudgetOut } from '@/api/types.gen';
import { formatMoneyShort } from '@/lib/money';
import classes from './BudgetBar.module.css';
import { budgetParts } from './parts';

/** Spent solid, reserved hatched, left empty. */
export function BudgetBar({ budget, slim = false }: { budget: BudgetOut; slim?: boolean }) {
  const parts = budgetParts(budget);
  const money = (amount: string) => formatMoneyShort(amount, budget.currency);
  const label = `${money(budget.spent)} spent, ${money(budget.reserved)} reserved, ${money(budget.left)} left of ${money(budget.limit)}`;
  return (
    <div className={classes.bar} data-slim={slim} role="img" aria-label={label} title={label}>
      <div className={classes.spent} style={{ flexGrow: parts.spent }} />
      <div className={classes.reserved} style={{ flexGrow: parts.reserved }} />
      <div style={{ flexGrow: parts.left }} />
    </div>
  );
}
