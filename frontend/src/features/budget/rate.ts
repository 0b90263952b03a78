// How a rate card's terms read.
import type { RateOut } from '@/api/types.gen';
import { formatMoney, formatMoneyShort } from '@/lib/money';
import { formatDuration } from '@/lib/time';

export function rateSentence(rate: RateOut, currency: string): string {
  const price = formatMoney(rate.expected_price, currency);
  if (rate.kind === 'per_label') return `${price} a label.`;
  const terms = `${formatMoneyShort(rate.amount, currency)} an hour`;
  const expected = formatDuration(rate.expected_seconds);
  const cap = formatDuration(rate.cap_seconds);
  return `${terms}. About ${expected} a label are expected, so ${price} is reserved for each; the time measured is charged, at most ${cap}.`;
}
