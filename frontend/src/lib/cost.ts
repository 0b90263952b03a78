// The API gives expected cost a sample; people compare it by the thousand.
import type { CurvePoint, Interval } from '@/api/types.gen';

export const COST_UNIT = 'per 1,000 samples';

export function perThousand({ value, low, high }: Interval): Interval {
  return { value: value * 1000, low: low * 1000, high: high * 1000 };
}

/** Whether the figures of two versions compare: merging classes in evaluation makes every version look cheaper. */
export function judgedAlike(one: CurvePoint, other: CurvePoint): boolean {
  return one.evaluation_merges.join('\n') === other.evaluation_merges.join('\n');
}
