import type { BudgetOut } from '@/api/types.gen';
import { Changed } from '@/components/Changed';
import { formatMoney } from '@/lib/money';
import { plural } from '@/lib/numbers';
import { BudgetBar } from './BudgetBar';
import classes from './BudgetFigures.module.css';

/** The budget in one bar, three figures and what they still buy. */
export function BudgetFigures({ budget }: { budget: BudgetOut }) {
  return (
    <div className={classes.budget}>
      <BudgetBar budget={budget} />
      <dl className={classes.figures}>
        <Figure name="Spent" mark={classes.spent} amount={budget.spent} currency={budget.currency} />
        <Figure name="Reserved" mark={classes.reserved} amount={budget.reserved} currency={budget.currency} />
        <Figure name="Left" mark={classes.left} amount={budget.left} currency={budget.currency} />
      </dl>
      <p className={classes.buys}>
        {budget.labels_left === null
          ? 'Labels are free.'
          : `Buys ${plural(budget.labels_left, 'more label')} at about ${formatMoney(budget.expected_price, budget.currency)} each.`}
      </p>
    </div>
  );
}

interface FigureProps {
  name: 'Spent' | 'Reserved' | 'Left';
  mark: string | undefined;
  amount: string;
  currency: string;
}

function Figure({ name, mark, amount, currency }: FigureProps) {
  return (
    <div>
      <dt>
        <span className={mark} aria-hidden />
        {name}
      </dt>
      <dd>
        <Changed value={amount} data-testid={`budget-${name.toLowerCase()}`}>
          {formatMoney(amount, currency)}
        </Changed>
      </dd>
    </div>
  );
}
