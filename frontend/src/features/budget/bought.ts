// What the money bought: what a found sample of the costly class cost, and a point of quality. Pure functions.
import type { ClassCount, CurveOut, CurvePoint, Interval } from '@/api/types.gen';
import { judgedAlike, perThousand } from '@/lib/cost';
import { toCsv } from '@/lib/csv';

export interface FoundRow {
  name: string;
  color: string;
  found: number;
  /** All spending for each one found; null as long as none was. */
  each: number | null;
}

/** All spending falls on each class in turn: the good ones were paid for to find the bad. */
export function foundRows(spent: string, counts: ClassCount[]): FoundRow[] {
  return counts.map(({ label_class: { name, color }, count }) => ({
    name,
    color,
    found: count,
    each: count > 0 ? Number(spent) / count : null,
  }));
}

export interface QualityStep {
  from: string;
  to: string;
  paid: number;
  /** How much the expected cost of 1,000 samples fell; its ends take the two intervals as independent. */
  fell: Interval;
  /** Money for each `unit` by which it fell; null where the fall may be none at all. */
  each: Interval | null;
}

/** One version that served to the next: what was paid between them and what it bought. Versions that were judged with
 * other classes as one do not compare. */
export function qualitySteps(curve: CurveOut): QualityStep[] {
  const unit = qualityUnit(curve);
  const champions = curve.points
    .filter((point) => point.promoted)
    .sort((one, other) => Number(one.spent) - Number(other.spent) || one.model_number - other.model_number);
  return champions.flatMap((point, index) => {
    const before = champions[index - 1];
    return before && judgedAlike(before, point) ? [stepBetween(before, point, unit)] : [];
  });
}

/** From the first version that served and was judged like the present one; null while there is only one. */
export function wholeStep(curve: CurveOut): QualityStep | null {
  const champions = curve.points.filter((point) => point.promoted);
  const ordered = champions.sort((one, other) => one.model_number - other.model_number);
  const last = ordered.at(-1);
  const other = ordered.findLastIndex((point) => last && !judgedAlike(point, last));
  const first = ordered[other + 1];
  return first && last && first !== last ? stepBetween(first, last, qualityUnit(curve)) : null;
}

function stepBetween(before: CurvePoint, after: CurvePoint, unit: number): QualityStep {
  const fell = perThousand(difference(before.expected_cost, after.expected_cost));
  const paid = Number(after.spent) - Number(before.spent);
  return {
    from: `v${before.model_number}`,
    to: `v${after.model_number}`,
    paid,
    fell,
    each: fell.low > 0 && paid > 0 ? priceOf(fell, paid, unit) : null,
  };
}

function priceOf(fell: Interval, paid: number, unit: number): Interval {
  const price = (by: number) => (unit * paid) / by;
  return { value: price(fell.value), low: price(fell.high), high: price(fell.low) };
}

/** A round amount of quality to state prices for: the largest power of ten that what was gained still holds. */
export function qualityUnit(curve: CurveOut): number {
  const costs = curve.points.map((point) => perThousand(point.expected_cost).value);
  const spread = Math.max(...costs) - Math.min(...costs);
  return spread > 0 ? 10 ** Math.floor(Math.log10(spread)) : 1;
}

/** Half-widths add like independent errors do: the root of the sum of their squares. */
function difference(from: Interval, to: Interval): Interval {
  const value = from.value - to.value;
  return {
    value,
    low: value - Math.hypot(from.value - from.low, to.high - to.value),
    high: value + Math.hypot(from.high - from.value, to.value - to.low),
  };
}

export function stepsCsv(steps: QualityStep[], unit: number): string {
  return toCsv(
    ['from', 'to', 'paid', 'cost_per_1000_fell_by', 'fell_low', 'fell_high', `paid_for_${unit}_less`],
    steps.map(({ from, to, paid, fell, each }) => [
      ...[from, to, Number(paid.toFixed(4))],
      ...[fell.value, fell.low, fell.high].map((value) => Number(value.toPrecision(6))),
      each ? Number(each.value.toPrecision(6)) : null,
    ]),
  );
}
