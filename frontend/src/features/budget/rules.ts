// What answers may cost beyond what was reserved: the two rules of a budget, as a form holds them.
import type { BudgetRulesIn, BudgetStateOut } from '@/api/types.gen';
import { type Amount, numberOf } from '@/lib/amounts';
import { formatNumber } from '@/lib/numbers';

export interface RulesValues {
  overrun_percent: Amount;
  median_factor: Amount;
}

export function rulesValues(budget: BudgetStateOut): RulesValues {
  return {
    overrun_percent: Number((budget.overrun_share * 100).toFixed(4)),
    median_factor: budget.median_factor,
  };
}

export function rulesErrors({ overrun_percent, median_factor }: RulesValues): Partial<RulesValues> {
  const percent = numberOf(overrun_percent);
  const factor = numberOf(median_factor);
  return {
    ...(percent >= 0 && percent <= 10_000 ? {} : { overrun_percent: 'Enter a percentage from 0 to 10,000.' }),
    ...(factor >= 1 && factor <= 1000 ? {} : { median_factor: 'Enter a number from 1 to 1,000.' }),
  };
}

export function toRules({ overrun_percent, median_factor }: RulesValues): BudgetRulesIn {
  return {
    overrun_share: Number((numberOf(overrun_percent) / 100).toFixed(6)),
    median_factor: numberOf(median_factor),
  };
}

/** Both rules in a sentence. */
export function rulesSentence({ overrun_share, median_factor }: BudgetStateOut): string {
  const overrun =
    overrun_share === 0
      ? 'An answer may cost no more than was reserved for it'
      : `An answer may cost ${formatNumber(overrun_share * 100)}% more than was reserved for it`;
  return `${overrun}, and is paid for at most ${formatNumber(median_factor, median_factor % 1 ? 1 : 0)} times its tier’s median time.`;
}
