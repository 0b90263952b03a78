// The form for a new project: its values, what is wrong with them, and what the budget buys. Pure functions.
// Field paths are those of the API's ProjectIn, so that the server's refusals land on the same fields.
import type { ProjectIn } from '@/api/types.gen';
import { type Amount, amountError, numberOf, secondsError } from '@/lib/amounts';
import { isCurrency } from '@/lib/money';

export interface ProjectValues {
  name: string;
  classes: { name: string; color: string }[];
  costs: Amount[][];
  currency: string;
  budget: Amount;
  rate: { kind: 'per_label' | 'hourly'; amount: Amount; expected_seconds: Amount; cap_seconds: Amount };
  backbone: string;
  round_size: Amount;
  gold_size: Amount;
}

/** Told apart in both schemes and by the colour-blind (after Okabe and Ito, 2008). */
export const CLASS_COLORS = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#8c6bb1',
  '#a6761d',
  '#66a61e',
  '#e7298a',
  '#7f7f7f',
  '#1b9e9e',
];

/** Above this, one cost a class stands for its whole row: nobody fills in a larger table. */
export const MATRIX_LIMIT = 16;

export const INITIAL: ProjectValues = {
  name: '',
  classes: [
    { name: '', color: CLASS_COLORS[0] ?? '' },
    { name: '', color: CLASS_COLORS[1] ?? '' },
  ],
  costs: [
    [0, 1],
    [1, 0],
  ],
  currency: 'USD',
  budget: 500,
  rate: { kind: 'hourly', amount: 60, expected_seconds: 30, cap_seconds: 120 },
  backbone: 'efficientnet-lite0',
  round_size: 20,
  gold_size: 200,
};

// --- classes and their costs change together

export function withClass(values: ProjectValues): Pick<ProjectValues, 'classes' | 'costs'> {
  const color = CLASS_COLORS[values.classes.length % CLASS_COLORS.length] ?? '#7f7f7f';
  const costs: Amount[][] = values.costs.map((row) => [...row, 1]);
  costs.push([...values.classes.map(() => 1), 0]);
  return { classes: [...values.classes, { name: '', color }], costs };
}

export function withoutClass(values: ProjectValues, index: number): Pick<ProjectValues, 'classes' | 'costs'> {
  const others = (_: unknown, position: number) => position !== index;
  return {
    classes: values.classes.filter(others),
    costs: values.costs.filter(others).map((row) => row.filter(others)),
  };
}

/** `cost` for every way to miss class `index`. */
export function withMissCost(costs: Amount[][], index: number, cost: Amount): Amount[][] {
  return costs.map((row, truth) =>
    truth === index ? row.map((_, called) => (called === truth ? 0 : cost)) : row,
  );
}

// --- what it buys

/** The price reserved for one label, or null while the rate card is incomplete. */
export function expectedPrice({ rate }: Pick<ProjectValues, 'rate'>): number | null {
  const amount = numberOf(rate.amount);
  if (!(amount >= 0)) return null;
  if (rate.kind === 'per_label') return amount;
  const seconds = Math.min(numberOf(rate.expected_seconds), numberOf(rate.cap_seconds));
  return seconds > 0 ? (amount * seconds) / 3600 : null;
}

/** How many labels the budget buys; null when that cannot be said, or labels are free. */
export function labelsBought(values: Pick<ProjectValues, 'rate' | 'budget'>): number | null {
  const price = expectedPrice(values);
  const budget = numberOf(values.budget);
  if (price === null || price === 0 || !(budget >= 0)) return null;
  return Math.floor(budget / price + 1e-9);
}

// --- what is wrong

function wholeError(amount: Amount, most: number): string | null {
  const value = numberOf(amount);
  if (!Number.isInteger(value) || value < 1) return 'Enter a whole number from 1.';
  return value > most ? `At most ${most.toLocaleString('en-US')}.` : null;
}

function classErrors(classes: ProjectValues['classes']): Record<string, string> {
  const errors: Record<string, string> = {};
  const seen = new Set<string>();
  for (const [index, { name, color }] of classes.entries()) {
    const key = name.trim().toLowerCase();
    if (!key) errors[`classes.${index}.name`] = 'Name this class.';
    else if (seen.has(key)) errors[`classes.${index}.name`] = 'Another class has this name.';
    seen.add(key);
    if (!/^#[0-9a-f]{6}$/i.test(color)) errors[`classes.${index}.color`] = 'A colour like #0072b2.';
  }
  return errors;
}

function costErrors({ costs, currency }: ProjectValues): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const [truth, row] of costs.entries()) {
    for (const [called, cost] of row.entries()) {
      const error = truth === called ? null : amountError(cost, currency);
      if (error) errors[`costs.${truth}.${called}`] = error;
    }
  }
  const allFree = costs.every((row) => row.every((cost) => numberOf(cost) === 0));
  if (allFree) errors.costs = 'If no mistake costs anything, there is nothing to improve.';
  return errors;
}

/** Field path to sentence; empty when all is well. */
export function validate(values: ProjectValues): Record<string, string> {
  const { rate, currency } = values;
  const hourly = rate.kind === 'hourly';
  const single: Record<string, string | null> = {
    name: values.name.trim().length < 3 ? 'At least 3 characters.' : null,
    currency: isCurrency(currency) ? null : 'A three-letter currency code, like USD or EUR.',
    budget: amountError(values.budget, currency),
    'rate.amount': amountError(rate.amount, currency),
    'rate.expected_seconds': hourly ? secondsError(rate.expected_seconds) : null,
    'rate.cap_seconds': hourly ? secondsError(rate.cap_seconds) : null,
    round_size: wholeError(values.round_size, 10_000),
    gold_size: wholeError(values.gold_size, 100_000),
  };
  const found = Object.entries(single).filter((entry): entry is [string, string] => entry[1] !== null);
  return { ...Object.fromEntries(found), ...classErrors(values.classes), ...costErrors(values) };
}

export function toProjectIn({ rate, ...values }: ProjectValues): ProjectIn {
  return {
    ...values,
    name: values.name.trim(),
    classes: values.classes.map(({ name, color }) => ({ name: name.trim(), color })),
    round_size: Number(values.round_size),
    gold_size: Number(values.gold_size),
    rate:
      rate.kind === 'per_label'
        ? { kind: rate.kind, amount: rate.amount }
        : {
            ...rate,
            expected_seconds: Number(rate.expected_seconds),
            cap_seconds: Number(rate.cap_seconds),
          },
  };
}
