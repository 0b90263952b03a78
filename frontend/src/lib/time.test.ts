import { expect, it } from 'vitest';
import { formatDuration, formatRelative, secondsBetween } from './time';

const NOON = Date.parse('2026-11-23T12:00:00Z');

it.each([
  ['2026-11-23T11:59:58Z', 'just now'],
  ['2026-11-23T11:59:20Z', '40 sec. ago'],
  ['2026-11-23T11:40:00Z', '20 min. ago'],
  ['2026-11-23T12:05:00Z', 'in 5 min.'],
  ['2026-11-20T12:00:00Z', '3 days ago'],
])('%s is %s', (at, shown) => {
  expect(formatRelative(at, NOON)).toBe(shown);
});

it.each([
  [0.02, '<0.1 s'],
  [0.42, '0.4 s'],
  [32.9, '33 s'],
  [200, '3 min 20 s'],
  [120, '2 min'],
  [7500, '2 h 5 min'],
])('%d seconds read %s', (seconds, shown) => {
  expect(formatDuration(seconds)).toBe(shown);
});

it('never lasts less than nothing when clocks differ', () => {
  expect(secondsBetween('2026-11-23T12:00:05Z', NOON)).toBe(0);
});
