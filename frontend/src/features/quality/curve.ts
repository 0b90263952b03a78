// Quality against money: what the curve says in words, as rows, and as a chart. Pure functions of the API's answer.
import type { CustomSeriesRenderItem } from 'echarts';
import type { EChartsOption } from 'echarts/types/dist/shared';
import type { CurveOut, CurvePoint, Interval } from '@/api/types.gen';
import type { Palette } from '@/charts/palette';
import { COST_UNIT, perThousand } from '@/lib/cost';
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

export function formatMetric(estimate: Interval, metric: Metric, currency: string): string {
  return metric === 'cost' ? formatMoneyInterval(estimate, currency) : formatEstimate(estimate);
}

function shortEstimate(estimate: Interval, metric: Metric, currency: string): string {
  if (metric === 'cost') return formatMoneyEstimate(estimate, currency);
  const decimals = Math.min(3, Math.max(0, -lastPlace(halfWidth(estimate))));
  return formatNumber(estimate.value, decimals);
}

/** The title of the chart: what the money bought, from the first champion to the one that serves now. */
export function findingOf(curve: CurveOut, metric: Metric, currency: string): string {
  const subject = {
    cost: 'Expected cost',
    precision: `Average precision for ${curve.focus_class}`,
    f1: 'Macro-F1',
  }[metric];
  const unit = metric === 'cost' ? ` ${COST_UNIT}` : '';
  const path = championPath(curveRows(curve, metric));
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
  return [`${findingOf(curve, metric, currency)}.`, ...points].join(' ');
}

export function curveCsv(curve: CurveOut): string {
  const header = ['version', 'kind', 'promoted', 'spent', 'labels', 'cost_per_1000', 'cost_per_1000_low'];
  header.push('cost_per_1000_high', 'average_precision', 'average_precision_low', 'average_precision_high');
  header.push('macro_f1', 'macro_f1_low', 'macro_f1_high', 'calibration_error');
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
      ];
    }),
  );
}

// --- the chart

interface CurveStyle {
  metric: Metric;
  currency: string;
  palette: Palette;
}

export function curveOption(curve: CurveOut, style: CurveStyle): EChartsOption {
  const rows = curveRows(curve, style.metric);
  const path = championPath(rows);
  return {
    animation: false,
    grid: {
      left: 4,
      right: 40,
      top: 26,
      bottom: 22,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    tooltip: tooltip(rows, style),
    xAxis: axis('spent on labels', (value) => formatMoneyShort(value, style.currency), style.palette, true),
    yAxis:
      style.metric === 'cost'
        ? axis(COST_UNIT, (value) => formatMoneyShort(value, style.currency), style.palette, false)
        : axis(
            style.metric === 'f1' ? 'macro-F1' : 'average precision',
            (value) => formatNumber(value, 2),
            style.palette,
            true,
          ),
    series: [
      band(path, style.palette),
      whiskers(rows, style.palette),
      line(path, style.palette),
      markers(rows, style),
    ],
  };
}

function axis(name: string, format: (value: number) => string, palette: Palette, scale: boolean) {
  const horizontal = name === 'spent on labels';
  return {
    type: 'value' as const,
    name,
    scale,
    splitNumber: horizontal ? 5 : 4,
    nameLocation: horizontal ? ('middle' as const) : ('end' as const),
    nameGap: horizontal ? 24 : 10,
    nameTextStyle: {
      color: palette.dim,
      fontSize: 11,
      align: horizontal ? ('center' as const) : ('left' as const),
    },
    axisLabel: { color: palette.dim, fontSize: 11, formatter: format, hideOverlap: true },
    axisLine: { show: horizontal, lineStyle: { color: palette.line } },
    axisTick: { show: false },
    splitLine: { show: !horizontal, lineStyle: { color: palette.line, opacity: 0.7 } },
  };
}

/** The interval around the champion's line, as one polygon. */
function band(path: CurveRow[], palette: Palette) {
  const outline = [
    ...path.map((row) => [row.spent, row.estimate.high]),
    ...path.map((row) => [row.spent, row.estimate.low]).reverse(),
  ];
  const renderItem: CustomSeriesRenderItem = (params, api) => {
    if (params.dataIndex !== 0) return null;
    const points = outline.map((point) => api.coord(point));
    return {
      type: 'polygon',
      shape: { points },
      style: { fill: palette.quality, opacity: 0.14 },
      silent: true,
    };
  };
  return { type: 'custom' as const, renderItem, silent: true, clip: true, data: outline };
}

function whiskers(rows: CurveRow[], palette: Palette) {
  const renderItem: CustomSeriesRenderItem = (_, api) => {
    const [x = 0, top = 0] = api.coord([api.value(0), api.value(3)]);
    const [, bottom = 0] = api.coord([api.value(0), api.value(2)]);
    const style = { stroke: api.value(4) ? palette.quality : palette.dim, lineWidth: 1, opacity: 0.6 };
    return { type: 'line', shape: { x1: x, y1: top, x2: x, y2: bottom }, style, silent: true };
  };
  const data = rows.map(({ spent, estimate, point }) => [
    ...[spent, estimate.value, estimate.low, estimate.high],
    point.promoted ? 1 : 0,
  ]);
  return { type: 'custom' as const, renderItem, silent: true, encode: { x: 0, y: [1, 2, 3] }, data };
}

function line(path: CurveRow[], palette: Palette) {
  const data = path.map((row) => [row.spent, row.estimate.value]);
  return {
    type: 'line' as const,
    data,
    showSymbol: false,
    silent: true,
    lineStyle: { color: palette.quality, width: 2 },
  };
}

/**
 * Filled where the version was promoted, a cross where it was rejected. Champions are named on the side that quality
 * moves to, the rejected on the other, so that names stay clear of the line.
 */
function markers(rows: CurveRow[], { metric, palette }: CurveStyle) {
  const lowerIsBetter = metric === 'cost';
  return {
    type: 'scatter' as const,
    z: 5,
    symbolSize: 9,
    labelLayout: { hideOverlap: true, moveOverlap: 'shiftY' as const },
    data: rows.map(({ name, spent, estimate, point }) => ({
      value: [spent, estimate.value],
      symbol: point.promoted ? 'circle' : CROSS,
      itemStyle: { color: point.promoted ? palette.quality : palette.dim },
      label: {
        show: true,
        position: point.promoted === lowerIsBetter ? ('bottom' as const) : ('top' as const),
        fontSize: 11,
        fontWeight: point.promoted ? 600 : 400,
        color: point.promoted ? palette.ink : palette.dim,
        formatter: `${name}${point.kind === 'deep' ? ' deep' : ''}${point.promoted ? '' : ' rejected'}`,
      },
    })),
  };
}

const CROSS = 'path://M1,3 L3,1 L10,8 L17,1 L19,3 L12,10 L19,17 L17,19 L10,12 L3,19 L1,17 L8,10 Z';

function tooltip(rows: CurveRow[], { metric, currency, palette }: CurveStyle) {
  return {
    trigger: 'item' as const,
    backgroundColor: palette.surface,
    borderColor: palette.line,
    textStyle: { color: palette.ink, fontSize: 12 },
    formatter: (hovered: { dataIndex: number } | { dataIndex: number }[]) => {
      const row = rows[Array.isArray(hovered) ? (hovered[0]?.dataIndex ?? 0) : hovered.dataIndex];
      if (!row) return '';
      const fate = row.point.promoted ? 'promoted' : 'rejected';
      const cost = formatMetric(row.estimate, metric, currency);
      return `<b>${row.name}</b> ${row.point.kind}, ${fate}<br>${cost}<br>${formatMoneyShort(row.spent, currency)} spent, ${plural(row.point.labels, 'label')}`;
    },
  };
}
