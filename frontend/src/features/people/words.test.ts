import { describe, expect, it } from 'vitest';
import { accuracyWords, assigningWords, rateWords, rolesToGive, unpricedWords } from './words';

describe('the roles that one may give', () => {
  it('are none without the permission', () => {
    expect(rolesToGive(['see', 'see_people'])).toEqual([]);
  });

  it('lead only when an owner gives them', () => {
    expect(rolesToGive(['manage_people'])).toEqual(['annotator', 'viewer']);
    expect(rolesToGive(['manage_people', 'appoint'])).toEqual(['owner', 'manager', 'annotator', 'viewer']);
  });
});

it('reads a rate with its unit', () => {
  const rate = { amount: '25.0000', expected_seconds: 36, cap_seconds: 120, expected_price: '0.2500' };
  expect(rateWords({ ...rate, kind: 'hourly' }, 'EUR')).toBe('€25.00 an hour');
  expect(rateWords({ ...rate, kind: 'per_label' }, 'JPY')).toBe('¥25 a label');
  expect(rateWords(null, 'USD')).toBe('no rate');
});

it.each([
  [0.95, '95%'],
  [0.985, '98.5%'],
  [0.9999, '99.99%'],
])('an accuracy of %d reads %s', (share, shown) => {
  expect(accuracyWords(share)).toBe(shown);
});

it('says what an uncharged answer waits for', () => {
  expect(unpricedWords({ unpriced: 0, tier: null })).toBeNull();
  expect(unpricedWords({ unpriced: 1, tier: null })).toBe('1 answer waits for a tier');
  expect(unpricedWords({ unpriced: 3, tier: 'weak' })).toBe('3 answers wait for a rate of the weak tier');
});

it('says what assigning costs', () => {
  expect(assigningWords(3, '1.5000', 'USD')).toBe(
    'Charges $1.50 for 3 answers that nobody was charged for yet.',
  );
  expect(assigningWords(0, '0', 'USD')).toMatch(/^Nothing is charged now/);
});
