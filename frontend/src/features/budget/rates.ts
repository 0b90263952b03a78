// Rates of tiers and annotators: whose they are, what is wrong with a new one, and how it is sent. Pure functions.
import type { AnnotatorOut, NewRateIn, PeopleOut, RateCardOut, TierOut } from '@/api/types.gen';
import { type Amount, amountError, numberOf, secondsError } from '@/lib/amounts';

/** Whose money it is: `project`, `tier:3` or `annotator:12`. */
export type Whose = string;

export interface WhoseChoice {
  group: string;
  items: { value: Whose; label: string }[];
}

/** The tiers, then the annotators, as a select offers them. */
export function whoseChoices({ tiers, annotators }: Pick<PeopleOut, 'tiers' | 'annotators'>): WhoseChoice[] {
  return [
    { group: 'Tiers', items: tiers.map((tier) => ({ value: `tier:${tier.id}`, label: tierName(tier) })) },
    {
      group: 'Annotators',
      items: annotators.map((one) => ({ value: `annotator:${one.id}`, label: annotatorName(one) })),
    },
  ].filter((choice) => choice.items.length > 0);
}

function tierName({ kind }: Pick<TierOut, 'kind'>): string {
  return `${kind} tier`;
}

function annotatorName({ name, email, tier }: AnnotatorOut): string {
  const who = name || email || 'unnamed';
  return tier ? `${who}, ${tier}` : who;
}

/** As the API wants it: one of the two ids, or none for the whole project. */
export function idsOf(whose: Whose): { tier_id: number | null; annotator_id: number | null } {
  const [kind, id] = whose.split(':');
  return {
    tier_id: kind === 'tier' ? Number(id) : null,
    annotator_id: kind === 'annotator' ? Number(id) : null,
  };
}

/** The first line of a row about somebody's money. */
export function ofWhom(row: { tier_id: number | null; annotator_id: number | null; of: string }): string {
  if (row.tier_id !== null) return `${row.of} tier`;
  return row.annotator_id === null ? 'The project' : row.of;
}

export interface RateValues {
  whose: Whose | null;
  kind: 'per_label' | 'hourly';
  amount: Amount;
  expected_seconds: Amount;
  cap_seconds: Amount;
  /** Local time as a browser's field has it; empty for now. */
  effective_from: string;
}

export const NEW_RATE: RateValues = {
  whose: null,
  kind: 'hourly',
  amount: '',
  expected_seconds: 36,
  cap_seconds: 120,
  effective_from: '',
};

export function rateErrors(values: RateValues, currency: string): Record<string, string> {
  const hourly = values.kind === 'hourly';
  const tooLow = numberOf(values.cap_seconds) < numberOf(values.expected_seconds);
  const errors: Record<string, string | null> = {
    whose: values.whose ? null : 'Choose whose rate it is.',
    amount: amountError(values.amount, currency),
    expected_seconds: hourly ? secondsError(values.expected_seconds) : null,
    cap_seconds: hourly
      ? (secondsError(values.cap_seconds) ?? (tooLow ? 'Not below the expected time.' : null))
      : null,
    effective_from: Number.isNaN(startOf(values.effective_from)) ? 'Enter a date and a time.' : null,
  };
  return Object.fromEntries(Object.entries(errors).filter((entry): entry is [string, string] => !!entry[1]));
}

function startOf(local: string): number {
  return local === '' ? 0 : Date.parse(local);
}

export function toNewRate(values: RateValues): NewRateIn {
  const hourly = values.kind === 'hourly';
  return {
    ...idsOf(values.whose ?? ''),
    kind: values.kind,
    amount: values.amount,
    ...(hourly
      ? { expected_seconds: Number(values.expected_seconds), cap_seconds: Number(values.cap_seconds) }
      : {}),
    ...(values.effective_from ? { effective_from: new Date(values.effective_from).toISOString() } : {}),
  };
}

export type RateState = 'current' | 'coming' | 'past';

export function rateState(card: RateCardOut, now: number): RateState {
  if (card.current) return 'current';
  return Date.parse(card.effective_from) > now ? 'coming' : 'past';
}
