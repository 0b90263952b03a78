import { expect, it } from 'vitest';
import type { WeakStageOut } from '@/api/types.gen';
import { heldOutOf, weakFinding, weakGround, weakMoney } from './weak-stage';

function stage(changes: Partial<WeakStageOut> = {}): WeakStageOut {
  const at = (value: number) => ({ value, low: value - 0.05, high: value + 0.05 });
  return {
    samples: 600,
    sources: ['Rule', 'Scribbles'],
    contradicting: [],
    trust: 1,
    without: at(0.6),
    staged: at(0.4),
    difference: at(-0.2),
    probability_cheaper: 0.93,
    replaced: { p10: '80', p50: '120', p90: null },
    reason: null,
    courses: [],
    held_out: null,
    spent: null,
    ...changes,
  };
}

it('says what was saved, by what, and the money that it replaced', () => {
  expect(weakFinding(stage(), 'USD')).toBe('Beginning from weak labels saves $200 per 1,000 samples');
  expect(weakGround(stage())).toBe(
    '600 samples labeled by Rule, Scribbles; cheaper with them with probability 93%.',
  );
  expect(weakMoney(stage(), 'USD')).toBe(
    'Replaced about $120 of experts’ answers ($80 to more), by the project’s curve.',
  );
});

it('says when it is worth nothing, and which source was left out', () => {
  const nothing = stage({
    trust: 0,
    contradicting: ['Wrong'],
    replaced: null,
    reason: 'It replaced nothing.',
  });
  expect(weakFinding(nothing, 'USD')).toContain('weigh nothing');
  expect(weakGround(nothing)).toContain('Left out, for it contradicts the experts: Wrong.');
  expect(weakMoney(nothing, 'USD')).toBe('It replaced nothing.');
});

it('says of a deep run whether it kept the cheap labels, by what, and what they cost themselves', () => {
  const course = { name: 'both at once', kept: true, held_out_loss: 0.5, expected_cost: null };
  const kept = stage({ courses: [course], held_out: 9, spent: '12.50' });
  expect(weakFinding(kept, 'USD')).toBe('Learning from cheap labels too saves $200 per 1,000 samples');
  expect(weakMoney(kept, 'USD')).toContain(
    'by the project’s curve. The cheap answers cost $12.50 themselves.',
  );
  expect(heldOutOf(kept)).toContain('lowest loss on 9 expert labels that none');
  expect(weakFinding({ ...kept, trust: 0 }, 'USD')).toContain('tried and not kept');
});
