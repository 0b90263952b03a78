import { expect, it } from 'vitest';
import { formatEstimate, formatShare, lastPlace, plural } from './numbers';

it.each([
  [230, 1],
  [290, 1],
  [410, 2],
  [0.019, -3],
  [0.05, -2],
])('the last digit worth showing beside ± %d is 10^%d', (spread, place) => {
  expect(lastPlace(spread)).toBe(place);
});

it.each([
  [{ value: 0.8312, low: 0.79, high: 0.87 }, '0.83 ± 0.04'],
  [{ value: 0.8312, low: 0.8212, high: 0.8412 }, '0.831 ± 0.010'],
  [{ value: 0.0134, low: 0.0098, high: 0.0467 }, '0.013 (0.010 to 0.047)'],
  [{ value: 1, low: 1, high: 1 }, '1.00'],
])('%o reads %s', (interval, shown) => {
  expect(formatEstimate(interval)).toBe(shown);
});

it.each([
  [0, '0%'],
  [0.004, '<1%'],
  [0.934, '93%'],
  [0.996, '>99%'],
  [1, '100%'],
])('a share of %d reads %s', (share, shown) => {
  expect(formatShare(share)).toBe(shown);
});

it('counts in words', () => {
  expect(plural(1, 'label')).toBe('1 label');
  expect(plural(1638, 'label')).toBe('1,638 labels');
});
