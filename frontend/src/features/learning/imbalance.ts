// The means against rare classes and dear mistakes: what each does and when to use it. Pure data and functions.
import type { ImbalanceOptions, LossOptions, SamplingOptions } from '@/api/types.gen';
import { type Amount, numberOf } from '@/lib/amounts';

export interface ImbalanceValues {
  weights: NonNullable<LossOptions['weights']>;
  beta: Amount;
  cost_weighted: boolean;
  focal_gamma: Amount;
  logit_adjustment: Amount;
  method: NonNullable<SamplingOptions['method']>;
  ratio: Amount;
}

interface Choice<Value extends string> {
  value: Value;
  label: string;
  when: string;
}

export const WEIGHTS: Choice<ImbalanceValues['weights']>[] = [
  {
    value: 'balanced',
    label: 'Classes weigh alike',
    when: 'The default. A rare class weighs as much as a common one, however few its labels.',
  },
  {
    value: 'effective_number',
    label: 'By effective number',
    when: 'When the rare class has so few labels that equal weight makes the model follow each of them, or has so many that more tell little.',
  },
  {
    value: 'none',
    label: 'Samples weigh alike',
    when: 'When the labels are about as frequent as what the model will meet, and rare mistakes cost no more than others.',
  },
];

export const METHODS: Choice<ImbalanceValues['method']>[] = [
  {
    value: 'all',
    label: 'Every label once',
    when: 'The default. Nothing that was paid for is left out; weights do the rest.',
  },
  {
    value: 'under',
    label: 'Fewer of the common classes',
    when: 'When common labels are so many, and so alike, that training on all of them is slow. With a few hundred labels it makes worse models.',
  },
  {
    value: 'over',
    label: 'Rare labels repeated',
    when: 'For deep runs whose batches would otherwise seldom hold a rare class.',
  },
  {
    value: 'hard_negatives',
    label: 'The hardest of the common classes',
    when: 'When there are very many easy negatives, some hundred rare labels, and all are reliable: a wrong label is hard, too. With few rare labels it makes worse models.',
  },
];

export function valuesOf({ loss, sampling }: ImbalanceOptions): ImbalanceValues {
  return {
    weights: loss?.weights ?? 'balanced',
    beta: loss?.beta ?? 0.99,
    cost_weighted: loss?.cost_weighted ?? false,
    focal_gamma: loss?.focal_gamma ?? 0,
    logit_adjustment: loss?.logit_adjustment ?? 0,
    method: sampling?.method ?? 'all',
    ratio: sampling?.ratio ?? 3,
  };
}

export function optionsOf(values: ImbalanceValues): ImbalanceOptions {
  return {
    loss: {
      weights: values.weights,
      beta: numberOf(values.beta),
      cost_weighted: values.cost_weighted,
      focal_gamma: numberOf(values.focal_gamma),
      logit_adjustment: numberOf(values.logit_adjustment),
    },
    sampling: { method: values.method, ratio: numberOf(values.ratio) },
  };
}

const BOUNDS = {
  beta: [0, 0.999999, 'Enter a number from 0 to below 1.'],
  focal_gamma: [0, 5, 'Enter a number from 0 to 5; 0 is without.'],
  logit_adjustment: [0, 2, 'Enter a number from 0 to 2; 0 is without.'],
  ratio: [1, 1000, 'Enter a number from 1 to 1,000.'],
} as const;

export function imbalanceErrors(values: ImbalanceValues): Partial<Record<keyof ImbalanceValues, string>> {
  const errors: Partial<Record<keyof ImbalanceValues, string>> = {};
  for (const field of Object.keys(BOUNDS) as (keyof typeof BOUNDS)[]) {
    const [low, high, sentence] = BOUNDS[field];
    const value = numberOf(values[field]);
    if (values[field] === '' || !(value >= low && value <= high)) errors[field] = sentence;
  }
  return errors;
}
