// The forecast drawn: what was measured, the fan of what is expected, chance beside it, target and limit.
import type { CustomSeriesRenderItem } from 'echarts';
import type { EChartsOption } from 'echarts/types/dist/shared';
import type { CurveForecast, ForecastOut } from '@/api/types.gen';
import type { Palette } from '@/charts/palette';
import { COST_UNIT } from '@/lib/cost';
import { formatMoneyRounded, formatMoneyShort } from '@/lib/money';
import { costBandText, fanAt, perThousandBand } from './forecast';

/** How far money is drawn: to the limit and the target, but no further than the forecast looks. */
export function fanReach({ active, limit, spent, to_target }: ForecastOut): number {
  const horizon = Number(active.fan.at(-1)?.spent ?? 0);
  const target = Number(to_target?.total.p90 ?? to_target?.total.p50 ?? 0);
  const wanted = Math.max(Number(limit), Number(spent), target) * 1.05;
  return horizon > 0 ? Math.min(horizon, wanted) : wanted;
}

/** The highest cost drawn: all that was measured and is expected; the ends of wide intervals may leave the chart. */
function highest({ active, control, target_cost }: ForecastOut, reach: number): number {
  const measured = [...active.points, ...control.points].map((point) => point.expected_cost.value);
  const fans = [...active.fan, ...control.fan].filter((row) => Number(row.spent) <= reach);
  return 1050 * Math.max(...measured, ...fans.map((row) => row.p90), Number(target_cost ?? 0));
}

interface FanStyle {
  palette: Palette;
}

export function fanOption(forecast: ForecastOut, { palette }: FanStyle): EChartsOption {
  const { active, control, currency, limit, target_cost } = forecast;
  const reach = fanReach(forecast);
  const top = highest(forecast, reach);
  const money = (value: number) => formatMoneyShort(value, currency);
  const target = target_cost === null ? null : Number(target_cost) * 1000;
  return {
    animation: false,
    grid: {
      left: 4,
      right: 14,
      top: 26,
      bottom: 22,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    tooltip: tooltip(forecast, palette),
    xAxis: axis('spent', money, palette, reach),
    yAxis: axis(COST_UNIT, money, palette, top),
    series: [
      band(control, reach, palette.dim, 0.1),
      band(active, reach, palette.quality, 0.16),
      middle(control, reach, palette.dim, 'random control', palette),
      middle(active, reach, palette.quality, '', palette),
      measured(control, palette.dim, false),
      measured(active, palette.quality, true),
      rule(
        [
          [Number(limit), 0],
          [Number(limit), top],
        ],
        `limit ${formatMoneyRounded(Number(limit), currency)}`,
        palette,
      ),
      ...(target === null
        ? []
        : [
            rule(
              [
                [reach, target],
                [0, target],
              ],
              `target ${money(target)}`,
              palette,
              'left',
            ),
          ]),
    ],
  };
}

function axis(name: string, format: (value: number) => string, palette: Palette, max: number) {
  const horizontal = name === 'spent';
  return {
    type: 'value' as const,
    name,
    min: 0,
    max,
    splitNumber: 4,
    nameLocation: horizontal ? ('middle' as const) : ('end' as const),
    nameGap: horizontal ? 24 : 10,
    nameTextStyle: {
      color: palette.dim,
      fontSize: 11,
      backgroundColor: palette.surface,
      padding: [1, 2],
      align: horizontal ? ('center' as const) : ('left' as const),
    },
    axisLabel: {
      color: palette.dim,
      fontSize: 11,
      formatter: format,
      hideOverlap: true,
      showMaxLabel: false,
    },
    axisLine: { show: horizontal, lineStyle: { color: palette.line } },
    axisTick: { show: false },
    splitLine: { show: !horizontal, lineStyle: { color: palette.line, opacity: 0.7 } },
  };
}

/** The fan's rows up to `reach`, with one exactly there. */
function rowsTo({ fan }: CurveForecast, reach: number) {
  const rows = fan
    .filter((row) => Number(row.spent) < reach)
    .map((row) => ({ at: Number(row.spent), ...perThousandBand(row) }));
  const end = fanAt(fan, reach);
  return end ? [...rows, { at: reach, ...perThousandBand(end) }] : rows;
}

/** From P10 to P90, as one polygon. */
function band(curve: CurveForecast, reach: number, color: string, opacity: number) {
  const rows = rowsTo(curve, reach);
  const outline = [
    ...rows.map((row) => [row.at, row.high]),
    ...rows.map((row) => [row.at, row.low]).reverse(),
  ];
  const renderItem: CustomSeriesRenderItem = (params, api) => {
    if (params.dataIndex !== 0) return null;
    const points = outline.map((point) => api.coord(point));
    return { type: 'polygon', shape: { points }, style: { fill: color, opacity }, silent: true };
  };
  return { type: 'custom' as const, renderItem, silent: true, clip: true, data: outline };
}

function middle(curve: CurveForecast, reach: number, color: string, name: string, palette: Palette) {
  const data = rowsTo(curve, reach).map((row) => [row.at, row.value]);
  return {
    type: 'line' as const,
    data,
    showSymbol: false,
    silent: true,
    clip: true,
    lineStyle: { color, width: 2, type: 'dashed' as const },
    endLabel: {
      show: name !== '',
      formatter: name,
      color: palette.dim,
      fontSize: 11,
      backgroundColor: palette.surface,
      padding: [1, 2],
      align: 'right' as const,
      verticalAlign: 'bottom' as const,
      offset: [-6, -4],
    },
  };
}

function measured({ points }: CurveForecast, color: string, filled: boolean) {
  return {
    type: 'scatter' as const,
    silent: true,
    symbolSize: 7,
    z: 5,
    itemStyle: filled ? { color } : { color: 'transparent', borderColor: color, borderWidth: 1.5 },
    data: points.map((point) => [Number(point.spent), point.expected_cost.value * 1000]),
  };
}

/** A straight line with its name at its end: the limit, or the target. */
function rule(data: number[][], name: string, palette: Palette, align: 'left' | 'right' = 'right') {
  return {
    type: 'line' as const,
    data,
    showSymbol: false,
    silent: true,
    lineStyle: { color: palette.ink, width: 1, type: 'dotted' as const },
    endLabel: {
      show: true,
      formatter: name,
      color: palette.ink,
      fontSize: 11,
      backgroundColor: palette.surface,
      padding: [1, 2],
      align,
      verticalAlign: align === 'left' ? ('top' as const) : ('bottom' as const),
      offset: align === 'left' ? [-2, 2] : [-6, -2],
    },
  };
}

function tooltip({ active, currency }: ForecastOut, palette: Palette) {
  return {
    trigger: 'axis' as const,
    backgroundColor: palette.surface,
    borderColor: palette.line,
    textStyle: { color: palette.ink, fontSize: 12 },
    axisPointer: { type: 'line' as const, snap: false },
    formatter: (hovered: unknown) => {
      const first = (Array.isArray(hovered) ? hovered[0] : hovered) as { axisValue?: number } | undefined;
      const at = Number(first?.axisValue ?? Number.NaN);
      const there = fanAt(active.fan, at);
      if (!there) return '';
      return `after ${formatMoneyRounded(at, currency)}<br><b>${costBandText(there, currency)}</b> ${COST_UNIT}`;
    },
  };
}
