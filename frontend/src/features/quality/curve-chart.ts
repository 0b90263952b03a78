// The curve of quality against money as a chart.
import type { CustomSeriesRenderItem } from 'echarts';
import type { EChartsOption } from 'echarts/types/dist/shared';
import type { CurveOut } from '@/api/types.gen';
import type { Palette } from '@/charts/palette';
import { COST_UNIT } from '@/lib/cost';
import { formatMoneyShort } from '@/lib/money';
import { formatNumber, plural } from '@/lib/numbers';
import {
  type Break,
  breaksOf,
  type CurveRow,
  championPath,
  comparableParts,
  curveRows,
  formatMetric,
} from './curve';
import type { Metric } from './metric';

interface CurveStyle {
  metric: Metric;
  currency: string;
  palette: Palette;
}

export function curveOption(curve: CurveOut, style: CurveStyle): EChartsOption {
  const rows = curveRows(curve, style.metric);
  const path = championPath(rows);
  const parts = comparableParts(path);
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
      ...parts.map((part) => band(part, style.palette)),
      whiskers(rows, style.palette),
      ...parts.map((part) => line(part, style.palette)),
      markers(rows, style),
      rules(breaksOf(path), style.palette),
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

/** An upright line between two versions that do not compare, which says why. */
function rules(breaks: Break[], palette: Palette) {
  return {
    type: 'line' as const,
    data: [],
    silent: true,
    markLine: {
      symbol: 'none',
      silent: true,
      lineStyle: { color: palette.dim, width: 1, type: 'dashed' as const },
      label: {
        color: palette.dim,
        fontSize: 11,
        position: 'insideEndTop' as const,
        rotate: 0,
        align: 'center' as const,
        width: 150,
        overflow: 'break' as const,
      },
      data: breaks.map(({ before, after, says }) => ({
        xAxis: (before.spent + after.spent) / 2,
        label: { formatter: says },
      })),
    },
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
