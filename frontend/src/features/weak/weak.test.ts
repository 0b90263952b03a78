import { describe, expect, it } from 'vitest';
import type { ShareOut, WeakLabelsOut, WeakSourceOut } from '@/api/types.gen';
import { accuracyCsv, accuracyFinding, accuracyRows, coverageFinding, standing } from './weak';

const GOOD = { id: 1, name: 'good', color: '#2f9e7a' };
const BAD = { id: 2, name: 'defective', color: '#d9480f' };

function share(right: number, of: number, low = 0, high = 1): ShareOut {
  return { right, of, share: of ? { value: right / of, low, high } : null };
}

function source(changes: Partial<WeakSourceOut> = {}, right = share(0, 0)): WeakSourceOut {
  return {
    id: 7,
    kind: 'table',
    name: 'Scribbles',
    claimed_accuracy: 0.8,
    enabled: true,
    state: 'done',
    error: '',
    labeled: 40,
    refused: 0,
    settings: {},
    judged: {
      right,
      estimate: 0.8,
      chance: 0.5,
      contradicts: false,
      counts: true,
      shared: 10,
      conflicting: 2,
      classes: [
        { label_class: GOOD, named: 40, right, estimate: 0.8 },
        { label_class: BAD, named: 0, right: share(0, 0), estimate: 0.8 },
      ],
    },
    created_at: '2026-11-25T00:00:00Z',
    finished_at: null,
    ...changes,
  };
}

function labels(sources: WeakSourceOut[], together: WeakLabelsOut['together'] = null): WeakLabelsOut {
  return { pool: 100, classes: [GOOD, BAD], metadata_keys: [], functions_allowed: true, sources, together };
}

describe('what the sources amount to', () => {
  const together = { samples: 80, conflicting: 20, sources: 2, expected: [60, 20], made_at: '' };
  it.each([
    [labels([]), 'No weak labels yet'],
    [labels([source()]), 'No source counts yet'],
    [labels([source()], { ...together, sources: 1 }), 'One source labels 80% of the pool'],
    [labels([source()], together), '2 sources label 80% of the pool, and conflict on 25% of that'],
  ])('%#', (of, said) => expect(coverageFinding(of)).toBe(said));
});

describe('whether the claims hold', () => {
  const contradicts = source({ name: 'Wrong' });
  if (contradicts.judged) contradicts.judged.contradicts = true;
  it.each([
    [[source()], 'How right are they? No expert has labeled the same samples yet'],
    [[source({}, share(8, 10, 0.5, 0.9))], '1 source checked against experts: no claim is refuted'],
    [[source({}, share(40, 100, 0.3, 0.5))], 'Scribbles: right less often than claimed'],
    [[source(), contradicts], 'Wrong: right less often than chance, and counts for nothing'],
  ])('%#', (sources, said) => expect(accuracyFinding(sources)).toBe(said));

  it('says of each source why it counts or not', () => {
    expect(standing(source())).toBe('counts');
    expect(standing(source({ enabled: false }))).toBe('switched off');
    expect(standing(contradicts)).toBe('contradicts the experts, counts for nothing');
    expect(standing(source({ state: 'failed', labeled: 0 }))).toBe('failed');
    expect(standing(source({ labeled: 0 }))).toBe('labels nothing');
  });
});

it('a class that a source never names has no row', () => {
  const rows = accuracyRows([source({}, share(8, 10, 0.5, 0.9)), source({ id: 8, judged: null })]);
  expect(rows.map((row) => row.labelClass?.name ?? 'all')).toEqual(['all', 'good']);
  expect(accuracyCsv(rows).split('\r\n')[1]).toBe('Scribbles,table,all,40,0.8,10,8,0.8,0.5,0.9,0.8,10,2');
});
