// How the money went, by the day: in words, as rows, and as a chart. Pure functions of the API's answer.
import type { CustomSeriesRenderItem } from 'echarts';
import type { EChartsOption } from 'echarts/types/dist/shared';
import type { DayOut, MoneyBand } from '@/api/types.gen';
import type { Palette } from '@/charts/palette';
import { toCsv } from '@/lib/csv';
import { formatMoney, formatMoneyRounded, formatMoneyShort } from '@/lib/money';
import { plural } from '@/lib/numbers';
import { formatDay } from '@/lib/time';

const DAY_MS = 86_400_000;
const PACE_DAYS = 7;

/** A day's sums stand at its end, or now while it lasts. */
function endOf(day: string, now: number): number {
  return Math.min(Date.parse(day) + DAY_MS, now);
}

export interface BurnPoint {
  at: number;
  limit: number;
  spent: number;
  committed: number;
}

/** The path of the sums: from nothing spent on the morning of the first day, to now. */
export function burnPath(days: DayOut[], now: number): BurnPoint[] {
  const points = days.map((day) => ({
    at: endOf(day.day, now),
    limit: Number(day.limit),
    spent: Number(day.spent),
    committed: Number(day.spent) + Number(day.reserved),
  }));
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || !days[0]) return [];
  const start = { at: Date.parse(days[0].day), limit: first.limit, spent: 0, committed: 0 };
  return [start, ...points, ...(last.at < now ? [{ ...last, at: now }] : [])];
}

/** What was spent a day over the last week, or since the first day if that is later; null before anything was. */
export function pace(days: DayOut[], now: number): number | null {
  const last = days.at(-1);
  if (!last || !days[0]) return null;
  const since = now - PACE_DAYS * DAY_MS;
  const before = days.filter((day) => Date.parse(day.day) + DAY_MS <= since).at(-1);
  const length = (now - Math.max(since, Date.parse(days[0].day))) / DAY_MS;
  const spent = Number(last.spent) - Number(before?.spent ?? 0);
  return spent > 0 && length > 0 ? spent / Math.max(length, 1) : null;
}

/** The title of the chart: how much is gone, and how long the rest lasts at the pace of the last week. */
export function burnFinding(days: DayOut[], currency: string, now: number): string {
  const last = days.at(-1);
  if (!last) return 'How long does the money last?';
  const spent = formatMoneyRounded(Number(last.spent), currency);
  const gone = `${spent} of ${formatMoneyShort(last.limit, currency)} spent`;
  const daily = pace(days, now);
  if (daily === null) return `${gone}; nothing in the last ${PACE_DAYS} days`;
  const left = Number(last.limit) - Number(last.spent) - Number(last.reserved);
  const rate = `at ${formatMoneyRounded(daily, currency)} a day`;
  if (left <= 0) return `${gone}, ${rate}; nothing is left to reserve`;
  return `${gone}; ${rate} the rest lasts ${lasting(left / daily)}`;
}

function lasting(days: number): string {
  if (days < 1) return 'less than a day';
  if (days > 730) return 'over 2 years';
  return days > 90 ? `about ${plural(Math.round(days / 30), 'month')}` : plural(Math.round(days), 'day');
}

export function burnAsText(days: DayOut[], currency: string, now: number): string {
  const rows = days.map(
    (day) =>
      `${formatDay(day.day)}: ${formatMoney(day.spent, currency)} spent and ${formatMoney(day.reserved, currency)} reserved of ${formatMoney(day.limit, currency)}, ${plural(day.labels, 'label')}.`,
  );
  return `${burnFinding(days, currency, now)}. ${rows.join(' ')}`;
}

export function burnCsv(days: DayOut[]): string {
  return toCsv(
    ['day', 'limit', 'spent', 'reserved', 'labels'],
    days.map((day) => [day.day, Number(day.limit), Number(day.spent), Number(day.reserved), day.labels]),
  );
}

/** Sums hold until the next day on which something moved: a corner before every point. */
function stairs(path: BurnPoint[], name: 'limit' | 'spent' | 'committed'): number[][] {
  return path.flatMap((point, index) => {
    const before = path[index - 1];
    const end = [point.at, point[name]];
    return before ? [[point.at, before[name]], end] : [end];
  });
}

interface BurnStyle {
  currency: string;
  palette: Palette;
  now: number;
  /** The spending at which the target is expected to be reached, where that is forecast. */
  needed?: MoneyBand;
}

export function burnOption(days: DayOut[], style: BurnStyle): EChartsOption {
  const path = burnPath(days, style.now);
  const { palette } = style;
  return {
    animation: false,
    grid: {
      left: 4,
      right: 118,
      top: 12,
      bottom: 4,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    tooltip: tooltip(style),
    xAxis: {
      type: 'time',
      min: 'dataMin',
      max: 'dataMax',
      splitNumber: 4,
      axisLabel: {
        color: palette.dim,
        fontSize: 11,
        hideOverlap: true,
        formatter: { day: '{d} {MMM}', month: '{MMM}', year: '{yyyy}' },
      },
      axisLine: { lineStyle: { color: palette.line } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      min: 0,
      splitNumber: 4,
      axisLabel: {
        color: palette.dim,
        fontSize: 11,
        formatter: (value: number) => formatMoneyShort(value, style.currency),
      },
      splitLine: { lineStyle: { color: palette.line, opacity: 0.7 } },
    },
    series: [
      ...target(path, style),
      step('limit', stairs(path, 'limit'), palette.ink, { width: 1.5, type: 'dashed' }, style),
      step('with reserved', stairs(path, 'committed'), palette.held, { width: 1 }, style, 0.3),
      step('spent', stairs(path, 'spent'), palette.money, { width: 2 }, style, 0.45),
    ],
  };
}

function step(
  name: string,
  data: number[][],
  color: string,
  lineStyle: { width: number; type?: 'dashed' },
  { currency, palette }: BurnStyle,
  fill?: number,
) {
  const last = Number(data.at(-1)?.[1] ?? 0);
  return {
    name,
    type: 'line' as const,
    data,
    showSymbol: false,
    lineStyle: { color, ...lineStyle },
    itemStyle: { color },
    ...(fill ? { areaStyle: { color, opacity: fill } } : {}),
    endLabel: {
      show: true,
      formatter: `${formatMoneyRounded(last, currency)} ${name}`,
      color: palette.ink,
      fontSize: 11,
    },
    labelLayout: { moveOverlap: 'shiftY' as const },
  };
}

/** What the target is expected to take: P10 to P90 as a band, P50 as a line; an unknown P90 leaves the band open. */
function target(path: BurnPoint[], style: BurnStyle) {
  const { palette, needed } = style;
  const [start, end] = [path[0], path.at(-1)];
  if (!start || !end || needed?.p50 == null) return [];
  const top = Math.max(start.limit, end.limit);
  const [low, middle, high] = [
    Number(needed.p10 ?? needed.p50),
    Number(needed.p50),
    Number(needed.p90 ?? top),
  ];
  const outline = [
    [start.at, high],
    [end.at, high],
    [end.at, low],
    [start.at, low],
  ];
  const renderItem: CustomSeriesRenderItem = (params, api) => {
    if (params.dataIndex !== 0) return null;
    const points = outline.map((corner) => api.coord(corner));
    return {
      type: 'polygon',
      shape: { points },
      style: { fill: palette.quality, opacity: 0.12 },
      silent: true,
    };
  };
  const line = [
    [start.at, middle],
    [end.at, middle],
  ];
  return [
    {
      type: 'custom' as const,
      renderItem,
      silent: true,
      clip: true,
      data: outline,
      tooltip: { show: false },
    },
    step('to target', line, palette.quality, { width: 1, type: 'dashed' as const }, style),
  ];
}

function tooltip({ currency, palette }: BurnStyle) {
  return {
    trigger: 'axis' as const,
    backgroundColor: palette.surface,
    borderColor: palette.line,
    textStyle: { color: palette.ink, fontSize: 12 },
    valueFormatter: (value: unknown) => formatMoney(Number(value), currency),
  };
}
