import { expect, it } from 'vitest';
import type { DryRunOut, RuleKindOut, RuleOut } from '@/api/types.gen';
import { formatP } from './drift';
import {
  costWords,
  dryRunCsv,
  dryRunSentence,
  newRule,
  ruleErrors,
  ruleValues,
  toRule,
  withRule,
} from './rules';

const share = {
  name: 'excess',
  label: 'Oftener than expected by',
  unit: 'share',
  default: 0.15,
  least: 0.01,
  most: 1,
  whole: false,
  choices: [],
} as const;
const answers = {
  ...share,
  name: 'answers',
  unit: 'answers',
  default: 100,
  least: 10,
  most: 10_000,
  whole: true,
} as const;
const KIND: RuleKindOut = {
  kind: 'disagreement',
  title: 'Experts disagree with the champion',
  sentence: '',
  run_kinds: ['quick', 'deep'],
  parameters: [
    { ...answers, choices: [] },
    { ...share, choices: [] },
  ],
};
const RULE = {
  id: 7,
  kind: 'disagreement',
  run_kind: 'deep',
  parameters: { answers: 50, excess: 0.125 },
  minimum_labels: 5,
  enabled: false,
} as unknown as RuleOut;
const FOUND: DryRunOut = {
  firings: [],
  since: '2026-11-01T00:00:00Z',
  rules_fired: 0,
  by_hand: 0,
  expected_seconds: 0,
  expected_price: null,
  currency: 'USD',
  cut: false,
};

it('shows shares in percent and sends them as shares', () => {
  expect(newRule(KIND).parameters).toEqual({ answers: 100, excess: 15 });
  const values = ruleValues(RULE, KIND);
  expect(values.parameters).toEqual({ answers: 50, excess: 12.5 });
  expect(toRule(values, KIND)).toEqual({
    kind: 'disagreement',
    run_kind: 'deep',
    parameters: { answers: 50, excess: 0.125 },
    minimum_labels: 5,
    enabled: false,
  });
});

it('names the field and what may stand there', () => {
  const wrong = { ...newRule(KIND), minimum_labels: 0, parameters: { answers: 10.5, excess: 0 } };
  expect(ruleErrors(wrong, KIND)).toEqual({
    'parameters.answers': 'Enter a whole number from 10 to 10,000.',
    'parameters.excess': 'Enter a percentage from 1 to 100.',
    minimum_labels: 'Enter a whole number from 1 to 1,000,000.',
  });
  expect(ruleErrors(newRule(KIND), KIND)).toEqual({});
});

it('tries a rule among the others: changed in its place, or new at the end', () => {
  const draft = toRule(newRule(KIND), KIND);
  expect(withRule([RULE], RULE, draft)).toEqual([draft]);
  expect(withRule([RULE], null, draft).map((one) => one.run_kind)).toEqual(['deep', 'quick']);
});

it('says what a dry run comes to', () => {
  expect(dryRunSentence(FOUND)).toBe('These rules would never have fired. Really no rule has fired yet.');
  const firing = {
    at: '2026-11-03T10:00:00Z',
    rule: 0,
    kind: 'label_count',
    run_kind: 'quick',
    labels: 120,
    sentence: '20 new labels',
    expected_seconds: 31,
    expected_price: '0.02',
  } as const;
  const found: DryRunOut = {
    ...FOUND,
    firings: [firing, firing],
    rules_fired: 3,
    by_hand: 1,
    expected_seconds: 62,
    expected_price: '0.04',
  };
  expect(dryRunSentence(found)).toBe(
    'These rules would have fired 2 times. Really rules have fired 3 times, and people started 1 run, which stay as they were. Computing: 1 min 2 s ($0.04).',
  );
  expect(dryRunCsv(found).split('\r\n')[1]).toBe('2026-11-03T10:00:00Z,quick,120,20 new labels,31,0.02');
});

it('does not guess what a first run costs', () => {
  expect(costWords(null, null, 'USD')).toBe('(time unknown until the first one ends)');
  expect(costWords(31, null, 'USD')).toBe('31 s');
});

it('shows no more of a p-value than it says', () => {
  expect([0.374, 0.0042, 0.00025, 0.00004].map(formatP)).toEqual([
    'p 0.37',
    'p 0.004',
    'p 0.0003',
    'p < 0.0001',
  ]);
});
