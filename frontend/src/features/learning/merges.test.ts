import { describe, expect, it } from 'vitest';
import type { LabelClassOut, MergeOut, MergePreviewOut } from '@/api/types.gen';
import { flagsOf, freeClasses, labelsSentence, placeOf, previewSentences, USES } from './merges';

const [GOOD, CRACK, BREAK] = ['good', 'crack', 'break'].map(
  (name, place): LabelClassOut => ({ id: place + 1, name, color: '#2f9e7a' }),
) as [LabelClassOut, LabelClassOut, LabelClassOut];

const MERGE: MergeOut = {
  id: 1,
  name: 'crack or break',
  classes: [CRACK, BREAK],
  for_training: true,
  for_evaluation: false,
  made_by: 'mia@example.com',
  made_at: '2026-11-25T00:00:00Z',
  undone_by: null,
  undone_at: null,
};

const PREVIEW: MergePreviewOut = {
  members: [
    { label_class: CRACK, labels: 12, gold: 3 },
    { label_class: BREAK, labels: 1, gold: 0 },
  ],
  model_number: 4,
  gold_size: 200,
  confused: 9,
  confused_cost: { value: 0.09, low: 0.03, high: 0.15 },
  undivided_cost: { value: 0.18, low: 0.1, high: 0.26 },
};

describe('a merge', () => {
  it('keeps its classes from another while it stands', () => {
    expect(freeClasses([GOOD, CRACK, BREAK], [MERGE])).toEqual([GOOD]);
    const undone = { ...MERGE, undone_at: '2026-11-25T01:00:00Z' };
    expect(freeClasses([GOOD, CRACK, BREAK], [undone])).toHaveLength(3);
  });

  it('is for what its uses say', () => {
    for (const use of USES) expect(placeOf({ ...MERGE, ...flagsOf(use) })).toBe(use);
  });
});

describe('what it would change', () => {
  it('is what the confusions cost now, by the thousand', () => {
    const [now, then] = previewSentences(PREVIEW, 'both', 'USD');
    expect(now).toContain('v4 takes 9 of 200 gold samples for another of these classes');
    expect(now).toContain('$90 ± ');
    expect(then).toContain('counted no more');
  });

  it('is what one answer for all would cost, where evaluation still tells them apart', () => {
    expect(previewSentences(PREVIEW, 'training', 'USD')[1]).toContain('$180 ± ');
  });

  it('is not made up without a champion', () => {
    const unknown = { ...PREVIEW, model_number: null, confused: null, confused_cost: null };
    expect(previewSentences(unknown, 'both', 'USD')).toEqual([expect.stringContaining('not known')]);
  });

  it('says how many labels tell them apart', () => {
    expect(labelsSentence(PREVIEW)).toBe('crack: 12 labels, 3 in gold · break: 1 label, 0 in gold');
  });
});
