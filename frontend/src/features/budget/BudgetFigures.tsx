import type { BudgetOut } from '@/api/types.gen';
import { Changed } from '@/components/Changed';
import { formatMoney } from '@/lib/money';
import { BudgetBar } from './BudgetBar';
import classes from './BudgetFigures.module.css';
import { buysSentence } from './parts';

interface BudgetFiguresProps {
  budget: BudgetOut;
  /** What answers are worth beyond what could be charged, where that is shown. */
  owed?: string;
}

/** The budget in one bar, its figures and what they still buy. */
export function BudgetFigures({ budget, owed }: BudgetFiguresProps) {
  return (
    <div className={classes.budget}>
      <BudgetBar budget={budget} />
      <dl className={classes.figures} data-four={owed !== undefined}>
        <Figure name="Spent" mark={classes.spent} amount={budget.spent} currency={budget.currency} />
        <Figure name="Reserved" mark={classes.reserved} amount={budget.reserved} currency={budget.currency} />
        <Figure name="Left" mark={classes.left} amount={budget.left} currency={budget.currency} />
        {owed !== undefined && (
          <Figure name="Owed" mark={classes.owed} amount={owed} currency={budget.currency} />
        )}
      </dl>
      <p className={classes.buys}>{buysSentence(budget)}</p>
    </div>
  );
}

interface FigureProps {
  name: 'Spent' | 'Reserved' | 'Left' | 'Owed';
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
