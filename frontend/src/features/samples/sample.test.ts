import { describe, expect, it } from 'vitest';
import type { AskedOut, CorrectionOut, SampleAnswerOut, SettledLabelOut } from '@/api/types.gen';
import { answerChanges, answerTime, classOfKey, itemWithHeat, labelReason } from './sample';
import { readSampleSearch } from './search';

const GOOD = { id: 1, name: 'good', color: '#2f9e7a' };
const DEFECTIVE = { id: 2, name: 'defective', color: '#d9480f' };
const AT = '2026-11-24T12:00:00Z';

function answer(changes: Partial<SampleAnswerOut> = {}): SampleAnswerOut {
  return {
    id: 1,
    item_id: 1,
    annotator_id: 1,
    annotator: 'ada@example.com',
    tier: 'expert',
    label: GOOD,
    skipped: false,
    accepted_prediction: false,
    counts: true,
    answered_at: AT,
    deleted_at: null,
    seconds: 36,
    paid_seconds: 36,
    timing: 'measured',
    timing_says: 'paid as measured',
    price: '1.0000',
    charged: '1.0000',
    owed: '0.0000',
    waived: '0.0000',
    revisions: [],
    ...changes,
  };
}

function asked(id: number, changes: Partial<AskedOut> = {}): AskedOut {
  return { id, state: 'withdrawn', heat_url: `/heat/${id}`, ...changes } as AskedOut;
}

function label(changes: Partial<SettledLabelOut> = {}): SettledLabelOut {
  return { label: GOOD, answers: 1, quality: null, settled_at: AT, correction: null, ...changes };
}

const CORRECTION: CorrectionOut = { id: 1, label: GOOD, by: 'max@example.com', comment: '', at: AT };

describe('why a label holds', () => {
  const sample = { label: null, answers: [], asked: [], skipped: false };

  it('is said of one that is not there', () => {
    expect(labelReason(sample)).toBe('Nobody has been asked yet.');
    expect(labelReason({ ...sample, asked: [asked(1, { state: 'planned' })] })).toContain('approval');
    expect(labelReason({ ...sample, asked: [asked(1, { state: 'sent' })] })).toBe('It waits for an answer.');
    expect(labelReason({ ...sample, asked: [asked(1)], skipped: true })).toContain('could not say');
    expect(labelReason({ ...sample, asked: [asked(1)] })).toContain('may be asked again');
  });

  it('names who gave the only answer', () => {
    const deleted = answer({ annotator: 'eve@example.com', counts: false });
    expect(labelReason({ ...sample, label: label(), answers: [deleted, answer()] })).toBe(
      'The only answer, by ada@example.com.',
    );
  });

  it('counts who agrees, and says how sure they are once that is weighed', () => {
    const answers = [answer(), answer({ id: 2 }), answer({ id: 3, label: DEFECTIVE })];
    const unweighed = { ...sample, label: label({ answers: 3 }), answers };
    expect(labelReason(unweighed)).toBe('2 of 3 annotators say so; who said it has not been weighed yet.');
    expect(labelReason({ ...unweighed, label: label({ answers: 3, quality: 0.934 }) })).toContain('93% sure');
  });

  it('puts a correction above the answers', () => {
    const corrected = label({ label: GOOD, correction: CORRECTION });
    expect(labelReason({ ...sample, label: corrected, answers: [answer({ label: DEFECTIVE })] })).toBe(
      'max@example.com corrected it; the only answer says otherwise.',
    );
    const three = [answer(), answer({ id: 2, label: DEFECTIVE }), answer({ id: 3, label: DEFECTIVE })];
    expect(labelReason({ ...sample, label: corrected, answers: three })).toContain(
      '1 of 3 annotators say the same',
    );
    expect(labelReason({ ...sample, label: corrected })).toContain('nobody has answered');
  });
});

describe('the heatmap', () => {
  it('is the newest there is, unless another is asked for', () => {
    const items = [asked(1), asked(2), asked(3, { heat_url: null })];
    expect(itemWithHeat(items, undefined)?.id).toBe(2);
    expect(itemWithHeat(items, 1)?.id).toBe(1);
    expect(itemWithHeat(items, 3)?.id).toBe(2);
    expect(itemWithHeat([], 3)).toBeUndefined();
  });

  it('is kept in the address', () => {
    expect(readSampleSearch({ item: '4' })).toEqual({ item: 4 });
    expect(readSampleSearch({ item: 'x' })).toEqual({ item: undefined });
  });
});

describe('the time of an answer', () => {
  it('says no more when it is paid as measured', () => {
    expect(answerTime(answer())).toEqual({ took: '36 s', why: null });
  });

  it('says what is paid of it and why, when that differs', () => {
    const cut = answer({
      seconds: 500,
      paid_seconds: 120,
      timing: 'rate_cap',
      timing_says: 'cut to the rate’s cap',
    });
    expect(answerTime(cut)).toEqual({ took: '8 min 20 s', why: '2 min paid: cut to the rate’s cap' });
    expect(answerTime({ ...cut, seconds: null }).took).toBe('not measured');
  });

  it('speaks of no pay for what is not paid', () => {
    expect(answerTime(answer({ timing: 'rate_cap', price: '0.0000' })).why).toBeNull();
  });
});

describe('what an answer said before', () => {
  const revision = (of: typeof GOOD | null) => ({ label: of, skipped: of === null, seconds: 1, at: AT });

  it('is told in order, and only where it changed', () => {
    expect(
      answerChanges({ revisions: [revision(GOOD), revision(GOOD), revision(null), revision(DEFECTIVE)] }),
    ).toBe('good → skipped → defective');
    expect(answerChanges({ revisions: [revision(GOOD), revision(GOOD)] })).toBeNull();
  });
});

it('chooses a class by its digit', () => {
  expect(classOfKey('2', [GOOD, DEFECTIVE])).toBe(DEFECTIVE);
  expect(classOfKey('3', [GOOD, DEFECTIVE])).toBeUndefined();
  expect(classOfKey('0', [GOOD])).toBeUndefined();
});
