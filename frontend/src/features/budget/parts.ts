// A budget as the shares of one bar.
import type { BudgetOut } from '@/api/types.gen';

export interface BudgetParts {
  spent: number;
  reserved: number;
  left: number;
}

/** Shares of the limit that sum to 1; with no limit at all, everything counts as left. */
export function budgetParts(budget: Pick<BudgetOut, 'limit' | 'spent' | 'reserved'>): BudgetParts {
  const limit = Number(budget.limit);
  if (!(limit > 0)) return { spent: 0, reserved: 0, left: 1 };
  const spent = Math.min(1, Math.max(0, Number(budget.spent) / limit));
  const reserved = Math.min(1 - spent, Math.max(0, Number(budget.reserved) / limit));
  return { spent, reserved, left: 1 - spent - reserved };
}
