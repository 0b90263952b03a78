import { describe, expect, it } from 'vitest';
import type { CurveOut, CurvePoint } from '@/api/types.gen';
import { paletteOf } from '@/charts/palette';
import { championPath, comparableParts, curveAsText, curveCsv, curveRows, findingOf } from './curve';
import { curveOption } from './curve-chart';

function point(number: number, cost: number, spread: number, changes: Partial<CurvePoint> = {}): CurvePoint {
  const around = (value: number, half: number) => ({ value, low: value - half, high: value + half });
  return {
    model_number: number,
    evaluation_merges: [],
    kind: 'quick',
    promoted: true,
    spent: String(100 + 60 * number),
    labels: 20 * number,
    expected_cost: around(cost, spread),
    average_precision: around(0.4 + number / 10, 0.05),
    calibration_error: around(0.05, 0.01),
    recall: {},
    macro_f1: null,
    fixed_precision: null,
    by_class: [],
    ...changes,
  };
}

function curveOf(...points: CurvePoint[]): CurveOut {
  return { gold_size: 200, focus_class: 'defective', points };
}

const CURVE = curveOf(
  point(1, 1.838, 0.23),
  point(2, 1.9, 0.2, { promoted: false }),
  point(3, 0.617, 0.09, { kind: 'deep' }),
);

describe('the title', () => {
  it('speaks of macro-F1 for the versions that were measured by it', () => {
    const f1 = { value: 0.7, low: 0.6, high: 0.8 };
    const one = curveOf(point(1, 1.8, 0.2), point(2, 1.7, 0.2, { macro_f1: f1 }));
    expect(curveRows(one, 'f1').map((row) => row.name)).toEqual(['v2']);
    expect(findingOf(one, 'f1', 'USD')).toBe('Macro-F1 is 0.70 ± 0.10 with v2, after $220 spent');
  });

  it('says what the money bought, from the first champion to the last', () => {
    expect(findingOf(CURVE, 'cost', 'USD')).toBe(
      'Expected cost fell from $1,840 to $620 per 1,000 samples for another $120 of labels',
    );
    expect(findingOf(CURVE, 'precision', 'USD')).toBe(
      'Average precision for defective rose from 0.50 to 0.70 for another $120 of labels',
    );
  });

  it('does not hide that quality got worse', () => {
    const worse = curveOf(point(1, 0.6, 0.05), point(2, 0.9, 0.05));
    expect(findingOf(worse, 'cost', 'USD')).toContain('rose from $600 to $900');
  });

  it('says so when the intervals leave the change in doubt', () => {
    const doubtful = curveOf(point(1, 5.3, 1.9), point(2, 4.1, 1.8));
    expect(findingOf(doubtful, 'cost', 'USD')).toContain('may have fallen from $5,300 to $4,100');
  });

  it('claims no change that its digits cannot show', () => {
    const same = curveOf(point(1, 0.601, 0.05), point(2, 0.599, 0.05));
    expect(findingOf(same, 'cost', 'USD')).toBe(
      'Expected cost stayed at $600 per 1,000 samples for another $60 of labels',
    );
  });

  it('states one version with its uncertainty, and asks when there is none', () => {
    expect(findingOf(curveOf(point(1, 1.838, 0.23)), 'cost', 'USD')).toBe(
      'Expected cost is $1,840 ± 230 per 1,000 samples with v1, after $160 spent',
    );
    expect(findingOf(curveOf(), 'cost', 'USD')).toMatch(/\?$/);
  });
});

it('leaves out versions that a measure does not exist for', () => {
  const curve = curveOf(point(1, 1, 0.1, { average_precision: null }), point(2, 1, 0.1));
  expect(curveRows(curve, 'precision').map((row) => row.name)).toEqual(['v2']);
});

it('runs through promoted versions only', () => {
  expect(championPath(curveRows(CURVE, 'cost')).map((row) => row.name)).toEqual(['v1', 'v3']);
});

describe('the chart', () => {
  const option = curveOption(CURVE, { metric: 'cost', currency: 'USD', palette: paletteOf('light') });
  const [band, whiskers, line, markers] = option.series as { data: unknown[] }[];

  it('draws the band around the champions, there and back', () => {
    expect(band?.data).toEqual([
      [160, 2068],
      [280, 707],
      [280, 527],
      [160, 1608],
    ]);
  });

  it('joins champions, and gives every version its interval', () => {
    expect(line?.data).toEqual([
      [160, 1838],
      [280, 617],
    ]);
    expect(whiskers?.data).toHaveLength(3);
  });

  it('names every version beside its mark, and tells rejected and deep ones apart', () => {
    const labels = markers?.data as { label: { formatter: string }; symbol: string }[];
    expect(labels.map((one) => one.label.formatter)).toEqual(['v1', 'v2 rejected', 'v3 deep']);
    expect(labels.map((one) => one.symbol === 'circle')).toEqual([true, false, true]);
  });
});

it('says in words all that it draws', () => {
  const text = curveAsText(CURVE, 'cost', 'USD');
  expect(text).toContain('v2 (rejected): $1,900 ± 200 at $220, 40 labels.');
  expect(text).toContain('v3 (promoted)');
});

it('gives the same figures as CSV', () => {
  const [header, first] = curveCsv(CURVE).split('\r\n');
  expect(header?.split(',')).toHaveLength(first?.split(',').length ?? 0);
  expect(first).toMatch(/^1,quick,yes,160,20,1838,1608,2068,0\.5,/);
});

describe('versions that were judged with other classes as one', () => {
  const merged = { evaluation_merges: ['dent or scratch'] };
  const curve = curveOf(
    point(1, 1.8, 0.1),
    point(2, 1.5, 0.1),
    point(3, 0.9, 0.1, merged),
    point(4, 0.6, 0.1, merged),
  );
  const option = curveOption(curve, { metric: 'cost', currency: 'USD', palette: paletteOf('light') });
  const series = option.series as { type: string; data: unknown[]; markLine?: { data: unknown[] } }[];

  it('are not joined, and a rule between them says why', () => {
    const lines = series.filter(({ type, markLine }) => type === 'line' && !markLine);
    expect(lines.map(({ data }) => data)).toEqual([
      [
        [160, 1800],
        [220, 1500],
      ],
      [
        [280, 900],
        [340, 600],
      ],
    ]);
    expect(series.at(-1)?.markLine?.data).toEqual([
      { xAxis: 250, label: { formatter: 'dent or scratch judged as one' } },
    ]);
  });

  it('are not compared in the title, and told apart in words and CSV', () => {
    expect(findingOf(curve, 'cost', 'USD')).toBe(
      'Expected cost fell from $900 to $600 per 1,000 samples for another $60 of labels',
    );
    expect(curveAsText(curve, 'cost', 'USD')).toContain('From v3 on dent or scratch judged as one');
    expect(curveCsv(curve).split('\r\n')[3]).toContain('dent or scratch');
  });

  it('are apart again once the merge is undone', () => {
    const undone = curveOf(...curve.points, point(5, 1.2, 0.1));
    const parts = comparableParts(championPath(curveRows(undone, 'cost')));
    expect(parts.map((part) => part.map(({ name }) => name))).toEqual([['v1', 'v2'], ['v3', 'v4'], ['v5']]);
    expect(curveAsText(undone, 'cost', 'USD')).toContain('From v5 on every class judged for itself');
  });
});
