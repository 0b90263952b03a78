// An entry of the audit trail, read out: what was changed, how it was, how it is. Pure functions.
import type { ActivityOut } from '@/api/types.gen';
import { formatMoney } from '@/lib/money';
import { formatNumber } from '@/lib/numbers';

export interface Change {
  name: string;
  /** null where the thing is new. */
  before: string | null;
  /** null where the thing is gone. */
  after: string | null;
}

const MONEY = new Set(['price', 'limit', 'budget', 'amount', 'expected_price', 'owed', 'paid']);
const SHARES = new Set([
  'claimed_accuracy',
  'control_share',
  'overrun_share',
  // Of the rules that retrain.
  'share',
  'excess',
  'false_alarm',
  'rise',
  'gain',
]);

/** What differs between before and after, field by field; of what is new or gone, every field. */
export function changesOf(
  { before, after }: Pick<ActivityOut, 'before' | 'after'>,
  currency: string,
): Change[] {
  const names = Object.keys({ ...before, ...after });
  return names
    .map((name) => ({
      name: words(name),
      before: before && name in before ? formatFact(name, before[name], currency) : null,
      after: after && name in after ? formatFact(name, after[name], currency) : null,
    }))
    .filter((change) => change.before !== change.after);
}

export type Turn = 'new' | 'gone' | 'changed';

export function turnOf({ before, after }: Pick<ActivityOut, 'before' | 'after'>): Turn {
  if (before === null) return 'new';
  return after === null ? 'gone' : 'changed';
}

export function formatFact(name: string, value: unknown, currency: string): string {
  if (value === null || value === undefined || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) {
    return value.length === 0 ? 'none' : value.map((one) => formatFact(name, one, currency)).join(', ');
  }
  if (typeof value === 'object') return formatObject(value, currency);
  const amount = Number(value);
  if (Number.isFinite(amount)) {
    if (MONEY.has(name)) return formatMoney(amount, currency);
    if (SHARES.has(name))
      return `${formatNumber(amount * 100, amount * 100 === Math.round(amount * 100) ? 0 : 1)}%`;
  }
  return words(String(value));
}

function formatObject(value: object, currency: string): string {
  return Object.entries(value)
    .map(([name, one]) => `${words(name)} ${formatFact(name, one, currency)}`)
    .join(', ');
}

/** `invited_by` as `invited by`; what holds more than a name, such as an address, stays as it is. */
function words(name: string): string {
  return /^[a-z_]+$/.test(name) ? name.replaceAll('_', ' ') : name;
}
