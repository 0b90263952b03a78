import { expect, test } from 'vitest';
import { verdictOf } from './compare';

const INTERVAL = { value: 1, low: 1, high: 1 };

test('a measure is better only where its interval leaves out zero', () => {
  const cost = { name: 'expected cost', better: 'lower' as const, before: INTERVAL, after: INTERVAL };
  expect(verdictOf({ ...cost, difference: { value: -1, low: -2, high: -0.5 } })).toBe('better');
  expect(verdictOf({ ...cost, difference: { value: 1, low: 0.5, high: 2 } })).toBe('worse');
  expect(verdictOf({ ...cost, difference: { value: -1, low: -2, high: 0.5 } })).toBe('unsure');
  expect(verdictOf({ ...cost, better: 'higher', difference: { value: 1, low: 0.5, high: 2 } })).toBe(
    'better',
  );
});
