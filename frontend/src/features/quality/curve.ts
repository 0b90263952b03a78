// Quality against money: what the curve says in words, and as rows. Pure functions of the API's answer.
import type { CurveOut, CurvePoint, Interval } from '@/api/types.gen';
import { COST_UNIT, judgedAlike, perThousand } from '@/lib/cost';
import { toCsv } from '@/lib/csv';
import { formatMoneyEstimate, formatMoneyInterval, formatMoneyRounded, formatMoneyShort } from '@/lib/money';
import { formatEstimate, formatNumber, halfWidth, lastPlace, plural } from '@/lib/numbers';
import type { Metric } from './metric';

export interface CurveRow {
  name: string;
  spent: number;
  estimate: Interval;
  point: CurvePoint;
}

/** The versions that have the metric, by money spent. */
export function curveRows(curve: CurveOut, metric: Metric): CurveRow[] {
  return curve.points
    .flatMap((point) => {
      const estimate = measureOf(point, metric);
      return estimate
        ? [{ name: `v${point.model_number}`, spent: Number(point.spent), estimate, point }]
        : [];
    })
    .sort((one, other) => one.spent - other.spent || one.point.model_number - other.point.model_number);
}

function measureOf(point: CurvePoint, metric: Metric): Interval | null {
  if (metric === 'cost') return perThousand(point.expected_cost);
  return metric === 'f1' ? point.macro_f1 : point.average_precision;
}

/** The versions that served, one after another. */
export function championPath(rows: CurveRow[]): CurveRow[] {
  return rows.filter((row) => row.point.promoted);
}

/** A version that was judged with other classes as one than the champion before it, and what changed. */
export interface Break {
  before: CurveRow;
  after: CurveRow;
  says: string;
}

/** Where the champions' figures stop being comparable. */
export function breaksOf(path: CurveRow[]): Break[] {
  return path.flatMap((after, place) => {
    const before = path[place - 1];
    if (!before || judgedAlike(before.point, after.point)) return [];
    const merges = after.point.evaluation_merges.map((merge) => `${merge} judged as one`);
    return [{ before, after, says: merges.join(', ') || 'every class judged for itself' }];
  });
}

/** The champions in runs that were judged alike. */
export function comparableParts(path: CurveRow[]): CurveRow[][] {
  const firsts = new Set(breaksOf(path).map(({ after }) => after));
  const parts: CurveRow[][] = [];
  for (const row of path) {
    if (parts.length === 0 || firsts.has(row)) parts.push([]);
    parts.at(-1)?.push(row);
  }
  return parts;
}

export function formatMetric(estimate: Interval, metric: Metric, currency: string): string {
  return metric === 'cost' ? formatMoneyInterval(estimate, currency) : formatEstimate(estimate);
}

function shortEstimate(estimate: Interval, metric: Metric, currency: string): string {
  if (metric === 'cost') return formatMoneyEstimate(estimate, currency);
  const decimals = Math.min(3, Math.max(0, -lastPlace(halfWidth(estimate))));
  return formatNumber(estimate.value, decimals);
}

/** The title of the chart: what the money bought, from the first champion judged like the one that serves now. */
export function findingOf(curve: CurveOut, metric: Metric, currency: string): string {
  const subject = {
    cost: 'Expected cost',
    precision: `Average precision for ${curve.focus_class}`,
    f1: 'Macro-F1',
  }[metric];
  const unit = metric === 'cost' ? ` ${COST_UNIT}` : '';
  const path = comparableParts(championPath(curveRows(curve, metric))).at(-1) ?? [];
  const [first, last] = [path[0], path.at(-1)];
  if (!first || !last) return `${subject}: what does the next point of quality cost?`;
  if (first === last) {
    const value = formatMetric(last.estimate, metric, currency);
    return `${subject} is ${value}${unit} with ${last.name}, after ${formatMoneyRounded(last.spent, currency)} spent`;
  }
  const from = shortEstimate(first.estimate, metric, currency);
  const to = shortEstimate(last.estimate, metric, currency);
  const paid = formatMoneyRounded(last.spent - first.spent, currency);
  if (from === to) return `${subject} stayed at ${to}${unit} for another ${paid} of labels`;
  const verb = verbOf(first.estimate, last.estimate);
  return `${subject} ${verb} from ${from} to ${to}${unit} for another ${paid} of labels`;
}

/** Where the two intervals overlap, the change may be chance, and the title says so. */
function verbOf(before: Interval, after: Interval): string {
  const fell = after.value < before.value;
  const certain = fell ? after.high < before.low : after.low > before.high;
  if (certain) return fell ? 'fell' : 'rose';
  return fell ? 'may have fallen' : 'may have risen';
}

/** Everything the chart draws, as sentences. */
export function curveAsText(curve: CurveOut, metric: Metric, currency: string): string {
  const points = curveRows(curve, metric).map((row) => {
    const fate = row.point.promoted ? 'promoted' : 'rejected';
    const value = formatMetric(row.estimate, metric, currency);
    return `${row.name} (${fate}): ${value} at ${formatMoneyShort(row.spent, currency)}, ${plural(row.point.labels, 'label')}.`;
  });
  const breaks = breaksOf(championPath(curveRows(curve, metric))).map(
    ({ after, says }) => `From ${after.name} on ${says}: what came before does not compare.`,
  );
  return [`${findingOf(curve, metric, currency)}.`, ...points, ...breaks].join(' ');
}

export function curveCsv(curve: CurveOut): string {
  const header = ['version', 'kind', 'promoted', 'spent', 'labels', 'cost_per_1000', 'cost_per_1000_low'];
  header.push('cost_per_1000_high', 'average_precision', 'average_precision_low', 'average_precision_high');
  header.push('macro_f1', 'macro_f1_low', 'macro_f1_high', 'calibration_error', 'judged_as_one');
  return toCsv(
    header,
    curve.points.map((point) => {
      const cost = perThousand(point.expected_cost);
      const precision = point.average_precision;
      return [
        ...[point.model_number, point.kind, point.promoted ? 'yes' : 'no', Number(point.spent), point.labels],
        ...[cost.value, cost.low, cost.high],
        ...[precision?.value ?? null, precision?.low ?? null, precision?.high ?? null],
        ...[point.macro_f1?.value ?? null, point.macro_f1?.low ?? null, point.macro_f1?.high ?? null],
        point.calibration_error.value,
        point.evaluation_merges.join('; '),
      ];
    }),
  );
}
