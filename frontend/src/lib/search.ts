// Reading filters out of the address: what does not parse is as if it were not there.

export type Search = Record<string, unknown>;

/** The hash of the Money page's address that leads to the field in which the budget is changed. */
export const BUDGET_FIELD = 'budget';

export function positiveInteger(value: unknown): number | undefined {
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isInteger(number) && number > 0 ? number : undefined;
}

export function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((one) => one === value);
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
