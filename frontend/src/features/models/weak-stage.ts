// What weak and other cheap labels were worth to a version, in words.
import type { WeakStageOut } from '@/api/types.gen';
import { COST_UNIT, perThousand } from '@/lib/cost';
import { formatMoney, formatMoneyEstimate, formatMoneyRounded } from '@/lib/money';
import { formatShare, plural } from '@/lib/numbers';

/** A deep run says which courses it tried; a quick one has none. */
function isDeep(stage: WeakStageOut): boolean {
  return stage.courses.length > 0;
}

export function weakFinding(stage: WeakStageOut, currency: string): string {
  if (stage.trust === 0) {
    return isDeep(stage)
      ? 'Cheap labels were tried and not kept: the experts’ own do better without them'
      : 'Weak labels weigh nothing: the experts’ own do better without them';
  }
  const { value } = stage.difference;
  const subject = isDeep(stage) ? 'Learning from cheap labels too' : 'Beginning from weak labels';
  if (value === 0) return `${subject} changes no decision on gold`;
  const size = formatMoneyEstimate(
    { ...perThousand(stage.difference), value: Math.abs(1000 * value) },
    currency,
  );
  return `${subject} ${value < 0 ? 'saves' : 'costs'} ${size} ${COST_UNIT}`;
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
export function weakMoney(stage: WeakStageOut, currency: string): string {
  const { replaced, spent } = stage;
  const paid = spent === null ? '' : ` The cheap answers cost ${formatMoney(spent, currency)} themselves.`;
  if (replaced?.p50 == null) return `${stage.reason ?? ''}${paid}`;
  const worded = (amount: string | null) =>
    amount === null ? 'more' : formatMoneyRounded(Number(amount), currency);
  return `Replaced about ${worded(replaced.p50)} of experts’ answers (${worded(replaced.p10)} to ${worded(replaced.p90)}), by the project’s curve.${paid}`;
}

/** What the courses of a deep run were held against. */
export function heldOutOf({ held_out }: WeakStageOut): string {
  const labels = held_out === null ? 'experts’ labels' : `${plural(held_out, 'expert label')}`;
  return `The course kept is the one with the lowest loss on ${labels} that none of them learned from; gold does not choose.`;
}
