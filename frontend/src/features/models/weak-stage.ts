// What beginning from weak labels was worth to a version, in words.
import type { WeakStageOut } from '@/api/types.gen';
import { COST_UNIT, perThousand } from '@/lib/cost';
import { formatMoneyEstimate, formatMoneyRounded } from '@/lib/money';
import { formatShare, plural } from '@/lib/numbers';

export function weakFinding(stage: WeakStageOut, currency: string): string {
  if (stage.trust === 0) return 'Weak labels weigh nothing: the experts’ own do better without them';
  const { value } = stage.difference;
  if (value === 0) return 'Beginning from weak labels changes no decision on gold';
  const size = formatMoneyEstimate(
    { ...perThousand(stage.difference), value: Math.abs(1000 * value) },
    currency,
  );
  return `Beginning from weak labels ${value < 0 ? 'saves' : 'costs'} ${size} ${COST_UNIT}`;
}

/** Which labels, and how sure it is that they help. */
export function weakGround(stage: WeakStageOut): string {
  const of = `${plural(stage.samples, 'sample')} labeled by ${stage.sources.join(', ')}`;
  const wrong =
    stage.contradicting.length > 0
      ? ` Left out, for it contradicts the experts: ${stage.contradicting.join(', ')}.`
      : '';
  if (stage.trust === 0) return `${of}.${wrong}`;
  return `${of}; cheaper with them with probability ${formatShare(stage.probability_cheaper)}.${wrong}`;
}

/** The expert money that the stage replaced, or why that cannot be said. */
export function weakMoney({ replaced, reason }: WeakStageOut, currency: string): string {
  if (replaced?.p50 == null) return reason ?? '';
  const worded = (amount: string | null) =>
    amount === null ? 'more' : formatMoneyRounded(Number(amount), currency);
  return `Replaced about ${worded(replaced.p50)} of experts’ answers (${worded(replaced.p10)} to ${worded(replaced.p90)}), by the project’s curve.`;
}
