import { expect, it } from 'vitest';
import type { SpendOut } from '@/api/types.gen';
import { longest, spendCsv, spendFinding, spendRows } from './spend';

function group(name: string, spent: number, labels: number, more: Partial<SpendOut> = {}): SpendOut {
  return { name, labels, seconds: 90, spent: String(spent), owed: '0', held: '0', ...more };
}

const TIERS = [group('weak', 20, 80), group('expert', 60, 60, { owed: '5', held: '15' })];

it('puts the dearest first, but rounds in their order', () => {
  expect(spendRows(TIERS, 'tier').map((row) => row.name)).toEqual(['expert', 'weak']);
  expect(spendRows([group('1', 5, 5), group('2', 9, 9)], 'round').map((row) => row.name)).toEqual([
    'Round 1',
    'Round 2',
  ]);
});

it('has a price for each label only where there are labels', () => {
  const [expert, none] = spendRows([group('expert', 60, 60), group('crowd', 0, 0)], 'tier');
  expect(expert?.each).toBe(1);
  expect(none?.each).toBeNull();
});

it('draws against the longest bar, with what is owed and reserved', () => {
  expect(longest(spendRows(TIERS, 'tier'))).toBe(80);
  expect(longest([])).toBe(0);
});

it('says in its title who took the most', () => {
  expect(spendFinding(spendRows(TIERS, 'tier'), 'tier', 'USD')).toBe(
    '$60, 75% of all spending, went to the expert tier',
  );
  expect(spendFinding(spendRows([group('anna', 7, 7)], 'annotator'), 'annotator', 'USD')).toBe(
    'All $7 went to anna',
  );
  expect(spendFinding([], 'tier', 'USD')).toMatch(/\?$/);
});

it('gives the groups as CSV', () => {
  expect(spendCsv(spendRows(TIERS, 'tier'), 'tier').split('\r\n')[1]).toBe('expert,60,1.5,60,5,15,1');
});
