// In the form that the worker's task describes (workers/tasks/robustness.py).
import type { EChartsOption } from 'echarts/types/dist/shared';
import type { Interval } from '@/api/types.gen';
import type { Palette } from '@/charts/palette';
import { formatMoney, formatMoneyShort } from '@/lib/money';
import { formatShare } from '@/lib/numbers';

export interface Severity {
  severity: number;
  cost: Interval;
  rise: Interval;
  right: number;
  picture_url: string;
  predicted: string;
  probability: number;
}

export interface Corruption {
  name: string;
  severities: Severity[];
}

export interface Attack {
  name: string;
  epsilon: number;
  right: number;
  cost: number;
}

export interface Nonsense {
  name: string;
  predicted: string;
  probability: number;
  foreign: boolean;
  picture_url: string;
}

export interface Robustness {
  currency: string;
  pictures: number;
  clean: Interval;
  right: number;
  corruptions: Corruption[];
  mean_rise: number;
  noise: { epsilon: number; flips: number };
  attacks: Attack[];
  no_attacks: string;
  nonsense: { share: number; sure: number; tried: number; shown: Nonsense[] };
  foreign: { threshold: number; passing: number; auroc: number; energy_auroc: number; caught: number };
  sentences: string[];
}

/** A figure of a report, to be held against another version's. */
export interface Figure {
  name: string;
  value: number;
  shown: string;
  better: 'higher' | 'lower';
}

export function figuresOf(found: Robustness): Figure[] {
  const every = found.corruptions.flatMap(({ severities }) => severities.map(({ right }) => right));
  const attacked = Math.min(1, ...found.attacks.map(({ right }) => right));
  const share = (name: string, value: number, better: Figure['better']) => ({
    name,
    value,
    shown: formatShare(value),
    better,
  });
  return [
    share('Right as they are', found.right, 'higher'),
    share('Right under the worst corruption', Math.min(1, ...every), 'higher'),
    {
      name: 'Dearer under corruptions, mean a sample',
      value: found.mean_rise,
      shown: formatMoney(found.mean_rise, found.currency),
      better: 'lower',
    },
    share('Decisions that small noise changes', found.noise.flips, 'lower'),
    ...(found.attacks.length > 0 ? [share('Right under the worst attack', attacked, 'higher')] : []),
    share('Sure of nonsense pictures', found.nonsense.share, 'lower'),
    share('Nonsense pictures that the guard finds foreign', found.foreign.caught, 'higher'),
  ];
}

const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'pin', 'arrow', 'roundRect', 'emptyCircle'];

export function severityOption(found: Robustness, palette: Palette): EChartsOption {
  const money = (value: number) => formatMoneyShort(Number((1000 * value).toPrecision(3)), found.currency);
  return {
    animation: false,
    grid: {
      left: 8,
      right: 96,
      top: 26,
      bottom: 28,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    tooltip: { trigger: 'axis', valueFormatter: (value) => money(Number(value)) },
    xAxis: {
      type: 'category',
      name: 'severity',
      nameLocation: 'middle',
      nameGap: 22,
      data: ['clean', '1', '2', '3', '4', '5'],
      axisLabel: { color: palette.dim },
      nameTextStyle: { color: palette.dim },
    },
    yAxis: {
      type: 'value',
      name: 'cost per 1,000 samples',
      nameTextStyle: { color: palette.dim, align: 'left' },
      axisLabel: { color: palette.dim, formatter: money },
      splitLine: { lineStyle: { color: palette.line } },
    },
    series: found.corruptions.map((one, place) => ({
      type: 'line',
      name: one.name,
      symbol: SYMBOLS[place % SYMBOLS.length],
      symbolSize: 7,
      color: place === worstOf(found) ? palette.quality : palette.dim,
      lineStyle: { width: place === worstOf(found) ? 2.5 : 1 },
      endLabel: { show: true, formatter: one.name, color: palette.ink, fontSize: 11 },
      labelLayout: { moveOverlap: 'shiftY' },
      data: [found.clean.value, ...one.severities.map(({ cost }) => cost.value)],
    })),
  };
}

/** The place of the corruption that costs most when it is worst. */
export function worstOf(found: Robustness): number {
  const last = found.corruptions.map(({ severities }) => severities.at(-1)?.cost.value ?? 0);
  return last.indexOf(Math.max(...last));
}

export function robustnessCsv(found: Robustness): string[][] {
  return [
    ['corruption', 'severity', `cost a sample (${found.currency})`, 'low', 'high', 'right'],
    ...found.corruptions.flatMap(({ name, severities }) =>
      severities.map(({ severity, cost, right }) =>
        [name, severity, cost.value, cost.low, cost.high, right].map(String),
      ),
    ),
  ];
}
