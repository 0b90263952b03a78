// A rule as a form holds it: shares in percent, parameters by the names that the API's kinds list. Pure functions.
import type { DryRunOut, ParameterOut, RuleIn, RuleKindOut, RuleOut } from '@/api/types.gen';
import { type Amount, numberOf } from '@/lib/amounts';
import { toCsv } from '@/lib/csv';
import { formatMoney } from '@/lib/money';
import { formatNumber, plural } from '@/lib/numbers';
import { formatDuration } from '@/lib/time';

export type RunKind = 'quick' | 'deep';

export interface RuleValues {
  kind: string;
  run_kind: string;
  minimum_labels: Amount;
  enabled: boolean;
  parameters: Record<string, Amount>;
}

/** What a run does, where one is chosen. */
export const RUNS: Record<RunKind, string> = {
  quick: 'Quick: a new head, seconds',
  deep: 'Deep: the backbone too, minutes and more',
};

export const CHOICES: Record<string, string> = {
  embeddings: 'what the backbone sees (embeddings)',
  scores: 'what the champion says (scores)',
  pool: 'the pool before it',
  training: 'the samples the champion learned from',
};

const SUFFIXES: Record<ParameterOut['unit'], string> = {
  labels: ' labels',
  share: '%',
  days: ' days',
  answers: ' answers',
  money: '',
  hour: ':00 UTC',
  runs: ' runs',
  choice: '',
};

export function suffixOf(parameter: ParameterOut): string {
  return SUFFIXES[parameter.unit];
}

function percent(share: number): number {
  return Number((100 * share).toFixed(4));
}

function shown(parameter: ParameterOut, value: number | string): Amount {
  return parameter.unit === 'share' ? percent(Number(value)) : value;
}

/** A new rule of a kind, at its defaults. */
export function newRule(kind: RuleKindOut): RuleValues {
  return {
    kind: kind.kind,
    run_kind: kind.run_kinds[0] ?? 'quick',
    minimum_labels: 1,
    enabled: true,
    parameters: Object.fromEntries(kind.parameters.map((one) => [one.name, shown(one, one.default)])),
  };
}

export function ruleValues(rule: RuleOut, kind: RuleKindOut): RuleValues {
  return {
    ...newRule(kind),
    run_kind: rule.run_kind,
    minimum_labels: rule.minimum_labels,
    enabled: rule.enabled,
    parameters: Object.fromEntries(
      kind.parameters.map((one) => [one.name, shown(one, rule.parameters[one.name] ?? one.default)]),
    ),
  };
}

/** By the form's field: `parameters.labels`. */
export function ruleErrors(values: RuleValues, kind: RuleKindOut): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const parameter of kind.parameters) {
    const error = parameterError(parameter, values.parameters[parameter.name] ?? '');
    if (error) errors[`parameters.${parameter.name}`] = error;
  }
  const minimum = numberOf(values.minimum_labels);
  if (!(Number.isInteger(minimum) && minimum >= 1 && minimum <= 1_000_000))
    errors.minimum_labels = 'Enter a whole number from 1 to 1,000,000.';
  return errors;
}

function parameterError(parameter: ParameterOut, value: Amount): string | null {
  if (parameter.unit === 'choice') return null;
  const scale = parameter.unit === 'share' ? 100 : 1;
  const [least, most] = [parameter.least, parameter.most].map((end) => Number((scale * end).toFixed(4)));
  const number = numberOf(value);
  const whole = !parameter.whole || Number.isInteger(number);
  if (least !== undefined && most !== undefined && number >= least && number <= most && whole) return null;
  const what = parameter.whole ? 'a whole number' : parameter.unit === 'share' ? 'a percentage' : 'a number';
  return `Enter ${what} from ${plain(least ?? 0)} to ${plain(most ?? 0)}.`;
}

function plain(value: number): string {
  return formatNumber(value, Number.isInteger(value) ? 0 : 2);
}

export function toRule(values: RuleValues, kind: RuleKindOut): RuleIn {
  return {
    kind: kind.kind,
    run_kind: values.run_kind,
    enabled: values.enabled,
    minimum_labels: numberOf(values.minimum_labels),
    parameters: Object.fromEntries(
      kind.parameters.map((one) => [one.name, sent(one, values.parameters[one.name])]),
    ),
  };
}

function sent(parameter: ParameterOut, value: Amount | undefined): number | string {
  if (value === undefined || parameter.unit === 'choice') return value ?? parameter.default;
  return parameter.unit === 'share' ? Number((numberOf(value) / 100).toFixed(6)) : numberOf(value);
}

/** A rule as it stands, to be sent again. */
export function asStated(rule: RuleOut): RuleIn {
  const { kind, run_kind, parameters, minimum_labels, enabled } = rule;
  return { kind, run_kind, parameters, minimum_labels, enabled };
}

/** The set with one rule put in the place of `rule`, or added where there is none. */
export function withRule(rules: RuleOut[], rule: RuleOut | null, changed: RuleIn): RuleIn[] {
  if (!rule) return [...rules.map(asStated), changed];
  return rules.map((one) => (one.id === rule.id ? changed : asStated(one)));
}

/** `31 s`, and in brackets what it costs, where that is known. */
export function costWords(seconds: number | null, price: string | null, currency: string): string {
  if (seconds === null) return '(time unknown until the first one ends)';
  return price === null
    ? formatDuration(seconds)
    : `${formatDuration(seconds)} (${formatMoney(price, currency)})`;
}

/** What a dry run comes to, in a sentence. */
export function dryRunSentence(found: DryRunOut): string {
  const times = found.firings.length;
  const would =
    times === 0 ? 'would never have fired' : `would have fired ${times === 1 ? 'once' : `${times} times`}`;
  const really =
    found.rules_fired === 0
      ? 'no rule has fired yet'
      : `rules have fired ${plural(found.rules_fired, 'time')}`;
  const hand =
    found.by_hand === 0
      ? ''
      : `, and people started ${plural(found.by_hand, 'run')}, which stay as they were`;
  const takes = times > 0 && found.expected_seconds > 0;
  const cost = takes
    ? ` Computing: ${costWords(found.expected_seconds, found.expected_price, found.currency)}.`
    : '';
  return `These rules ${would}. Really ${really}${hand}.${cost}`;
}

export function dryRunCsv(found: DryRunOut): string {
  return toCsv(
    ['at', 'run', 'labels', 'because', 'expected seconds', `expected price (${found.currency})`],
    found.firings.map((one) => [
      one.at,
      one.run_kind,
      one.labels,
      one.sentence,
      one.expected_seconds,
      one.expected_price,
    ]),
  );
}
