// A budget as the shares of one bar, and what is left of it in a sentence.
import type { BudgetOut } from '@/api/types.gen';
import { formatMoney } from '@/lib/money';
import { plural } from '@/lib/numbers';

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

/** What is left still buys so much; where a limit beside the budget's own holds some of it back, that is said. */
export function buysSentence(budget: BudgetOut): string {
  if (budget.frozen) return 'Frozen: nothing new is reserved.';
  if (budget.labels_left === null) return 'Labels are free.';
  const price = Number(budget.expected_price);
  const unhindered = Math.floor(Number(budget.left) / price + 1e-9);
  const labels = plural(budget.labels_left, 'more label');
  const each = `at about ${formatMoney(price, budget.currency)} each`;
  if (budget.labels_left < unhindered) return `Limits allow ${labels} now, ${each}.`;
  return `Buys ${labels} ${each}.`;
}
