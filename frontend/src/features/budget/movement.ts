// Raising and lowering what may be spent: what is wrong with a wish before the server is asked.
import type { BudgetOut, MovementIn } from '@/api/types.gen';
import { type Amount, amountError, numberOf } from '@/lib/amounts';
import { formatMoneyShort } from '@/lib/money';

export type Direction = 'top-up' | 'lower';

export interface MovementValues {
  amount: Amount;
  note: string;
}

export function movementError(amount: Amount, direction: Direction, budget: BudgetOut): string | null {
  const error = amountError(amount, budget.currency);
  if (error) return error;
  if (numberOf(amount) === 0) return 'Say by how much.';
  if (direction === 'lower' && numberOf(amount) > Number(budget.left)) {
    return `Only ${formatMoneyShort(budget.left, budget.currency)} are neither spent nor reserved.`;
  }
  return null;
}

/** The limit after the movement, as a hint while it is typed; null as long as there is none to speak of. */
export function limitAfter(amount: Amount, direction: Direction, budget: BudgetOut): number | null {
  if (movementError(amount, direction, budget)) return null;
  const sign = direction === 'lower' ? -1 : 1;
  return Number((Number(budget.limit) + sign * numberOf(amount)).toFixed(4));
}

export function toMovement({ amount, note }: MovementValues): MovementIn {
  return { amount, note: note.trim() };
}
