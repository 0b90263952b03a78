// Limits beside the budget's own: how they read, and what is wrong with a new one. Pure functions.
import type { AllowanceIn, AllowanceOut } from '@/api/types.gen';
import { type Amount, amountError } from '@/lib/amounts';
import { idsOf, type Whose } from './rates';

export type Period = AllowanceOut['period'];

export const PERIODS: Record<Period, string> = {
  day: 'each day',
  week: 'each week',
  month: 'each month',
  total: 'in all',
};

export interface AllowanceValues {
  whose: Whose;
  period: Period;
  limit: Amount;
}

export const NEW_ALLOWANCE: AllowanceValues = { whose: 'project', period: 'month', limit: '' };

export function allowanceErrors(values: AllowanceValues, currency: string): Record<string, string> {
  const limit = amountError(values.limit, currency);
  const whole = values.whose === 'project' && values.period === 'total';
  return {
    ...(limit ? { limit } : {}),
    ...(whole ? { period: 'In all, the project may spend its budget: top it up or lower it.' } : {}),
  };
}

export function toAllowance(values: AllowanceValues): AllowanceIn {
  return { ...idsOf(values.whose), period: values.period, limit: values.limit };
}

/** The limit that a new one would replace, if there is one. */
export function replacedBy(values: AllowanceValues, allowances: AllowanceOut[]): AllowanceOut | null {
  const { tier_id, annotator_id } = idsOf(values.whose);
  const same = (one: AllowanceOut) =>
    one.tier_id === tier_id && one.annotator_id === annotator_id && one.period === values.period;
  return allowances.find(same) ?? null;
}
