// The settings of a project, as a form holds them: shares in percent. Pure functions.
// Names are those of the API's ProjectPatch, so that the server's refusals land on the same fields.
import type { ProjectOut, ProjectPatch } from '@/api/types.gen';
import { type Amount, amountError, numberOf } from '@/lib/amounts';

export interface SettingsValues {
  name: string;
  autopilot: boolean;
  round_size: Amount;
  control_share: Amount;
  item_days: Amount;
  plan_approval: boolean;
  yearly_volume: Amount;
  target_cost: Amount;
  compute_price: Amount;
  gold_answers: Amount;
  agreement_bar: Amount;
  honeypot_share: Amount;
  honeypot_bar: Amount;
  honeypot_minimum: Amount;
  honeypot_feedback: boolean;
  blind_share: Amount;
  foreign_share: Amount;
  corruption_bound: Amount;
  noise_bound: Amount;
  nonsense_bound: Amount;
}

type Field = keyof SettingsValues;

/** In percent on the page, 0 to 1 in the API. */
const SHARES = [
  'control_share',
  'agreement_bar',
  'honeypot_share',
  'honeypot_bar',
  'blind_share',
  'foreign_share',
  'noise_bound',
  'nonsense_bound',
] as const;
/** Those that may be left empty; the prices among them are sent as text. */
const OPTIONAL: readonly Field[] = [
  'yearly_volume',
  'target_cost',
  'compute_price',
  'corruption_bound',
  'noise_bound',
  'nonsense_bound',
];
const PRICES = ['target_cost', 'compute_price', 'corruption_bound'] as const;
const MOST: Partial<Record<Field, number>> = { honeypot_share: 50, control_share: 99, foreign_share: 50 };
const COUNTS = {
  round_size: [1, 10_000],
  item_days: [1, 3650],
  gold_answers: [1, 20],
  honeypot_minimum: [1, 1000],
} as const;

function percent(share: number): number {
  return Number((100 * share).toFixed(4));
}

export function settingsValues(project: ProjectOut): SettingsValues {
  return {
    name: project.name,
    autopilot: project.autopilot,
    round_size: project.round_size,
    control_share: percent(project.control_share),
    item_days: project.item_days,
    plan_approval: project.plan_approval,
    yearly_volume: project.yearly_volume ?? '',
    target_cost: project.target_cost === null ? '' : Number(project.target_cost),
    compute_price: project.compute_price === null ? '' : Number(project.compute_price),
    gold_answers: project.gold_answers,
    agreement_bar: percent(project.agreement_bar),
    honeypot_share: percent(project.honeypot_share),
    honeypot_bar: percent(project.honeypot_bar),
    honeypot_minimum: project.honeypot_minimum,
    honeypot_feedback: project.honeypot_feedback,
    blind_share: percent(project.blind_share),
    foreign_share: percent(project.foreign_share),
    corruption_bound: project.corruption_bound === null ? '' : Number(project.corruption_bound),
    noise_bound: project.noise_bound === null ? '' : percent(project.noise_bound),
    nonsense_bound: project.nonsense_bound === null ? '' : percent(project.nonsense_bound),
  };
}

export function settingsErrors(values: SettingsValues, currency: string): Partial<Record<Field, string>> {
  const errors: Partial<Record<Field, string>> = {};
  if (values.name.trim().length < 3) errors.name = 'Give it a name of at least 3 letters.';
  for (const field of SHARES) {
    if (OPTIONAL.includes(field) && values[field] === '') continue;
    const most = MOST[field] ?? 100;
    const value = numberOf(values[field]);
    if (!(value >= 0 && value <= most)) errors[field] = `Enter a percentage from 0 to ${most}.`;
  }
  for (const [field, [least, most]] of Object.entries(COUNTS) as [keyof typeof COUNTS, [number, number]][]) {
    const value = numberOf(values[field]);
    if (!(Number.isInteger(value) && value >= least && value <= most))
      errors[field] = `Enter a whole number from ${least} to ${most.toLocaleString('en-US')}.`;
  }
  const volume = numberOf(values.yearly_volume);
  if (values.yearly_volume !== '' && !(Number.isInteger(volume) && volume >= 1 && volume <= 2_000_000_000))
    errors.yearly_volume = 'Enter a whole number of samples, or leave it empty.';
  for (const field of PRICES) {
    const error = values[field] === '' ? null : amountError(values[field], currency);
    if (error) errors[field] = error;
  }
  return errors;
}

/** Only what was changed; what was emptied is taken back. */
export function toPatch(values: SettingsValues, before: SettingsValues): ProjectPatch {
  const changed = (Object.keys(values) as Field[]).filter((field) => values[field] !== before[field]);
  return Object.fromEntries(changed.map((field) => [field, sent(field, values)]));
}

function sent(field: Field, values: SettingsValues) {
  const value = values[field];
  if (typeof value === 'boolean') return value;
  if (field === 'name') return String(value).trim();
  if (OPTIONAL.includes(field) && value === '') return null;
  if (PRICES.some((one) => one === field)) return String(value);
  if (SHARES.some((one) => one === field)) return Number((numberOf(value) / 100).toFixed(6));
  return numberOf(value);
}
