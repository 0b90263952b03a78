// What a manager wants of the model: a target, and how much it will decide. As a form holds them.
import type { ProjectOut, ProjectPatch } from '@/api/types.gen';
import { type Amount, numberOf } from '@/lib/amounts';

export interface TermsValues {
  /** Expected cost of 1,000 samples; empty for no target. */
  target: Amount;
  yearly_volume: Amount;
}

export function termsValues({ target_cost, yearly_volume }: ProjectOut): TermsValues {
  return {
    target: target_cost === null ? '' : Number((Number(target_cost) * 1000).toFixed(1)),
    yearly_volume: yearly_volume ?? '',
  };
}

export function termsErrors({
  target,
  yearly_volume,
}: TermsValues): Partial<Record<keyof TermsValues, string>> {
  const volume = numberOf(yearly_volume);
  const countable = Number.isInteger(volume) && volume >= 1 && volume <= 2_000_000_000;
  return {
    ...(target === '' || numberOf(target) >= 0 ? {} : { target: 'This cannot be negative.' }),
    ...(yearly_volume === '' || countable ? {} : { yearly_volume: 'Enter a whole number from 1.' }),
  };
}

/** Null takes a term back. */
export function toTerms({ target, yearly_volume }: TermsValues): ProjectPatch {
  return {
    target_cost: target === '' ? null : Number((numberOf(target) / 1000).toFixed(4)),
    yearly_volume: yearly_volume === '' ? null : numberOf(yearly_volume),
  };
}
