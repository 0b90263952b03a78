// Amounts as people type them: a number field gives a number, or text while it is empty.
import { currencyDecimals, isCurrency } from './money';

export type Amount = number | string;

export function numberOf(amount: Amount): number {
  return amount === '' ? Number.NaN : Number(amount);
}

/** What is wrong with an amount of money, or null. The ledger keeps four decimals of any currency. */
export function amountError(amount: Amount, currency: string): string | null {
  const value = numberOf(amount);
  if (!Number.isFinite(value)) return 'Enter an amount.';
  if (value < 0) return 'This cannot be negative.';
  const decimals = Math.max(4, isCurrency(currency) ? currencyDecimals(currency) : 2);
  return Number(value.toFixed(decimals)) === value ? null : `At most ${decimals} decimals.`;
}

export function secondsError(amount: Amount): string | null {
  const value = numberOf(amount);
  return value > 0 && value <= 36_000 ? null : 'Enter seconds, up to 36,000.';
}
