import { describe, expect, it } from 'vitest';
import type { CurvePoint } from '@/api/types.gen';
import { foundRows, qualitySteps, qualityUnit, wholeStep } from './bought';

function point(number: number, spent: number, cost: number, half: number, promoted = true): CurvePoint {
  const around = (value: number) => ({ value, low: value - half, high: value + half });
  return {
    model_number: number,
    evaluation_merges: [],
    kind: 'quick',
    promoted,
    spent: String(spent),
    labels: 10,
    expected_cost: around(cost),
    average_precision: null,
    calibration_error: around(0.1),
    recall: {},
    macro_f1: null,
    fixed_precision: null,
    by_class: [],
  };
}

function curveOf(...points: CurvePoint[]) {
  return { gold_size: 200, focus_class: 'defective', points };
}

it('divides all spending by those found', () => {
  const classOf = (id: number, name: string) => ({ id, name, color: '#000000' });
  const rows = foundRows('100', [
    { label_class: classOf(1, 'good'), count: 80 },
    { label_class: classOf(2, 'defective'), count: 20 },
    { label_class: classOf(3, 'cracked'), count: 0 },
  ]);
  expect(rows.map((row) => row.each)).toEqual([1.25, 5, null]);
});

describe('the price of quality', () => {
  const curve = curveOf(point(1, 20, 5, 0.3), point(2, 40, 9, 0.1, false), point(3, 80, 2, 0.4));

  it('is between versions that served', () => {
    expect(qualitySteps(curve).map(({ from, to, paid }) => [from, to, paid])).toEqual([['v1', 'v3', 60]]);
  });

  it('is for a round amount, with the interval turned around', () => {
    expect(qualityUnit(curve)).toBe(1000);
    const step = wholeStep(curve);
    expect(step?.fell).toEqual({ value: 3000, low: 2500, high: 3500 });
    expect(step?.each?.value).toBeCloseTo(20);
    expect(step?.each?.low).toBeCloseTo(60_000 / 3500);
    expect(step?.each?.high).toBeCloseTo(60_000 / 2500);
  });

  it('is not stated where the fall may be none', () => {
    expect(wholeStep(curveOf(point(1, 20, 5, 2), point(2, 40, 4, 2)))?.each).toBeNull();
    expect(wholeStep(curveOf(point(1, 20, 5, 2)))).toBeNull();
  });

  it('starts anew where other classes are judged as one', () => {
    const merged = { evaluation_merges: ['dent or scratch'] };
    const points = [point(1, 20, 8, 0.1), point(2, 40, 7, 0.1), point(3, 60, 3, 0.1), point(4, 90, 2, 0.1)];
    const broken = curveOf(...points.map((one, place) => (place > 1 ? { ...one, ...merged } : one)));
    expect(qualitySteps(broken).map(({ from, to }) => [from, to])).toEqual([
      ['v1', 'v2'],
      ['v3', 'v4'],
    ]);
    expect(wholeStep(broken)).toMatchObject({ from: 'v3', to: 'v4', paid: 30 });
  });
});
