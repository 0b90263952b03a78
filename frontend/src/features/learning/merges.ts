// What merging classes means, in sentences. Pure functions of the API's answers.
import type { LabelClassOut, MergeOut, MergePreviewOut } from '@/api/types.gen';
import { COST_UNIT, perThousand } from '@/lib/cost';
import { formatMoneyInterval } from '@/lib/money';
import { formatCount, plural } from '@/lib/numbers';

export const USES = ['evaluation', 'training', 'both'] as const;
/** Where classes are one. */
export type Use = (typeof USES)[number];

export const USE_LABELS: Record<Use, string> = {
  both: 'Training and evaluation',
  training: 'Training only',
  evaluation: 'Evaluation only',
};

/** When to choose it. */
export const USE_REASONS: Record<Use, string> = {
  both: 'When nobody acts differently on the one than on the other: the model learns and is judged on one class.',
  training:
    'When one of them has no label to learn from yet: the model learns what they share and answers each at its share of the labels. Where each has some, learning them apart was never dearer in what we measured. Confusing them still costs what it costs.',
  evaluation:
    'When confusing them does no harm: the model still learns every class, which helps it, and is not charged for mixing these.',
};

export function placeOf(merge: Pick<MergeOut, 'for_training' | 'for_evaluation'>): Use {
  if (merge.for_training && merge.for_evaluation) return 'both';
  return merge.for_training ? 'training' : 'evaluation';
}

export function flagsOf(use: Use): { for_training: boolean; for_evaluation: boolean } {
  return { for_training: use !== 'evaluation', for_evaluation: use !== 'training' };
}

/** The classes that stand in no merge and can be chosen for one. */
export function freeClasses(classes: LabelClassOut[], merges: MergeOut[]): LabelClassOut[] {
  const taken = new Set(standing(merges).flatMap((merge) => merge.classes.map((one) => one.id)));
  return classes.filter((one) => !taken.has(one.id));
}

export function standing(merges: MergeOut[]): MergeOut[] {
  return merges.filter((merge) => merge.undone_at === null);
}

export function undone(merges: MergeOut[]): MergeOut[] {
  return merges.filter((merge) => merge.undone_at !== null);
}

/** What the merge would cost or save, from what the champion confuses on gold. */
export function previewSentences(preview: MergePreviewOut, use: Use, currency: string): string[] {
  const { confused, confused_cost: now, undivided_cost: undivided } = preview;
  if (confused === null || !now || !undivided)
    return ['No champion has told yet what it confuses, so what this would change is not known.'];
  const money = (cost: typeof now) => `${formatMoneyInterval(perThousand(cost), currency)} ${COST_UNIT}`;
  const mixed = `v${preview.model_number} takes ${formatCount(confused)} of ${plural(preview.gold_size, 'gold sample')} for another of these classes, which costs ${money(now)} now.`;
  if (use === 'training')
    return [
      mixed,
      `With one answer for all of them it would be ${money(undivided)}: that much is still counted.`,
    ];
  return [mixed, 'Merged in evaluation, that is counted no more, by the gate and in decisions alike.'];
}

export function labelsSentence(preview: MergePreviewOut): string {
  return preview.members
    .map((one) => `${one.label_class.name}: ${plural(one.labels, 'label')}, ${formatCount(one.gold)} in gold`)
    .join(' · ');
}
