import type { ReactNode } from 'react';
import type { BudgetOut } from '@/api/types.gen';
import { Panel } from '@/components/Panel';
import { formatMoneyShort } from '@/lib/money';
import { BudgetFigures } from './BudgetFigures';

export function BudgetPanel({ budget, children }: { budget: BudgetOut; children?: ReactNode }) {
  return (
    <Panel title={`Budget ${formatMoneyShort(budget.limit, budget.currency)}`}>
      <BudgetFigures budget={budget} />
      {children}
    </Panel>
  );
}
