import { describe, expect, it } from 'vitest';
import type { VariantOut, VariantsOut } from '@/api/types.gen';
import { formatMilliseconds, formatSize, headline, variantsCsv } from './variants';

function variant(kind: VariantOut['kind'], perSecond: number, bytes: number, passed = true): VariantOut {
  return {
    kind,
    passed,
    sentences: ['Costs no more, it says.', passed ? 'Passed.' : 'Refused.'],
    recipe: 'by hand',
    size_bytes: bytes,
    latency_ms: 5,
    slow_ms: 6,
    per_second: perSecond,
    threads: 2,
    expected_cost: { value: 1.5, low: 1, high: 2 },
    cost_difference: { value: 0, low: 0, high: 0 },
    agreement: 0.97,
    compared: 256,
    gold_size: 150,
    share: null,
    bundle_url: passed ? '/bundle' : null,
    made_at: '2026-11-25T00:00:00Z',
  };
}

function found(...variants: VariantOut[]): VariantsOut {
  return { model_number: 3, making: false, done: 0, total: 0, unit: '', error: '', variants };
}

const FULL = variant('full', 200, 13_600_000);

describe('the headline', () => {
  it('asks while nothing was tried', () => {
    expect(headline(found())).toBe('Can v3 be smaller and faster?');
    expect(headline(found(FULL))).toBe('Can v3 be smaller and faster?');
  });

  it('names the fastest that passed', () => {
    const refused = variant('int8', 600, 3_900_000, false);
    const cascade = variant('cascade', 500, 17_500_000);
    expect(headline(found(FULL, refused, cascade))).toBe('Cascade: v3 2.5 times faster');
    expect(headline(found(FULL, { ...refused, passed: true }, cascade))).toBe(
      '8-bit integers: v3 3.0 times faster at 29% of the size',
    );
  });

  it('says so when none is faster, or none passed', () => {
    expect(headline(found(FULL, variant('fp16', 190, 7_000_000)))).toBe(
      'v3 can be smaller, but not faster on this machine',
    );
    expect(headline(found(FULL, variant('int8', 600, 3_900_000, false)))).toBe(
      'No smaller form of v3 is good enough',
    );
  });
});

it('writes sizes and times with the digits they earn', () => {
  expect([formatSize(3_940_000), formatSize(0)]).toEqual(['3.9 MB', '']);
  expect([formatMilliseconds(2.34), formatMilliseconds(41.7), formatMilliseconds(null)]).toEqual([
    '2.3',
    '42',
    '',
  ]);
});

it('has a line a form in the CSV', () => {
  const lines = variantsCsv([FULL, variant('int8', 600, 3_900_000, false)])
    .trim()
    .split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[2]).toBe(
    'int8,refused,3900000,5,6,600,1.5,1,2,0.97,,by hand,"Costs no more, it says. Refused."',
  );
});
