// Why a version is wrong, in the form in which the worker's task `find_errors` tells it, and what is read from it.
import type { Interval } from '@/api/types.gen';
import { toCsv } from '@/lib/csv';
import { formatMoneyShort } from '@/lib/money';
import { formatCount, plural } from '@/lib/numbers';

interface Pictured {
  sample_id: number;
  name: string;
  width: number;
  height: number;
  picture_url: string;
}

export interface Neighbour extends Pictured {
  label: number;
  distance: number;
}

export interface JudgedSample extends Pictured {
  label: number;
  predicted: number;
  probability: number;
  of_label: number;
  cost: number;
  cluster: number | null;
  heat_url: string | null;
  label_heat_url: string | null;
  neighbours: Neighbour[] | null;
}

export interface Cluster {
  size: number;
  cost: number;
  representative: number;
  sentence: string;
}

export interface Bin {
  low: number;
  high: number;
  size: number;
  said: number;
  right: Interval;
}

export interface SliceValue {
  value: string;
  size: number;
  error: Interval;
  cost: Interval;
}

export interface WorstSlice {
  conditions: [string, string][];
  size: number;
  error: Interval;
  cost: Interval;
  rest: number;
  worse: Interval;
  p: number;
}

export interface JudgedSet {
  size: number;
  confusion: number[][];
  money: number[][];
  samples: JudgedSample[];
  right: number;
  more: number;
  clusters: Cluster[];
  reliability: Bin[];
  columns: { name: string; values: SliceValue[] }[];
  worst: WorstSlice[];
  tried: number;
}

export interface Suspect extends Pictured {
  label: number;
  of_label: number;
  suggested: number;
  probability: number;
}

export interface ErrorReport {
  currency: string;
  classes: string[];
  merged: number[];
  learned: number;
  sets: { gold?: JudgedSet; since?: JudgedSet };
  suspected: Suspect[];
  checked: number;
  unchecked: string;
}

/** A confusion matrix as it is shown: rows and columns of it, and the row of each class. */
export interface Matrix {
  names: string[];
  counts: number[][];
  money: number[][];
  rowOf: number[];
}

/** Which cell: the row of the label, the column of what it was called. */
export type Cell = [number, number];

export function isMerged(report: ErrorReport): boolean {
  return new Set(report.merged).size < report.classes.length;
}

export function matrixOf(report: ErrorReport, set: JudgedSet, merged: boolean): Matrix {
  if (!merged) {
    const rowOf = report.classes.map((_, place) => place);
    return { names: report.classes, counts: set.confusion, money: set.money, rowOf };
  }
  const groups = [...new Set(report.merged)].sort((one, other) => one - other);
  const rowOf = report.merged.map((group) => groups.indexOf(group));
  const names = groups.map((group) =>
    report.classes.filter((_, place) => report.merged[place] === group).join(' or '),
  );
  return { names, counts: folded(set.confusion, rowOf), money: folded(set.money, rowOf), rowOf };
}

function folded(cells: number[][], rowOf: number[]): number[][] {
  const size = Math.max(...rowOf) + 1;
  const sums = Array.from({ length: size }, () => Array<number>(size).fill(0));
  cells.forEach((row, label) => {
    row.forEach((cell, called) => {
      const to = sums[rowOf[label] ?? 0];
      const column = rowOf[called] ?? 0;
      if (to) to[column] = (to[column] ?? 0) + cell;
    });
  });
  return sums;
}

/** Of a cell, or of all mistakes where none is chosen; of one cluster, if one is. */
export function samplesOf(
  set: JudgedSet,
  { rowOf }: Matrix,
  cell: Cell | undefined,
  cluster: number | undefined,
): JudgedSample[] {
  return set.samples.filter((one) => {
    if (cluster !== undefined) return one.cluster === cluster;
    const [label, called] = [rowOf[one.label], rowOf[one.predicted]];
    return cell ? label === cell[0] && called === cell[1] : label !== called;
  });
}

/** How many a cell holds, and whether some of them are not listed. */
export function countOf(matrix: Matrix, cell: Cell): number {
  return matrix.counts[cell[0]]?.[cell[1]] ?? 0;
}

export function mistakesOf({ counts, money }: Matrix): { count: number; cost: number } {
  let [count, cost] = [0, 0];
  counts.forEach((row, label) => {
    row.forEach((cell, called) => {
      if (label === called) return;
      count += cell;
      cost += money[label]?.[called] ?? 0;
    });
  });
  return { count, cost };
}

/** What stands out, as the title of the matrix. */
export function findingOf(matrix: Matrix, currency: string): string {
  let best: { label: number; called: number; cost: number; count: number } | null = null;
  matrix.counts.forEach((row, label) => {
    row.forEach((count, called) => {
      const cost = matrix.money[label]?.[called] ?? 0;
      if (label !== called && count > 0 && (!best || cost > best.cost)) best = { label, called, cost, count };
    });
  });
  const found = best as { label: number; called: number; cost: number; count: number } | null;
  if (!found) return 'No mistake';
  const times = found.count === 1 ? 'once' : `${formatCount(found.count)} times`;
  return `The dearest mistake: ${matrix.names[found.label]} called ${matrix.names[found.called]}, ${times}, ${formatMoneyShort(found.cost, currency)}`;
}

export function matrixCsv(matrix: Matrix): string {
  return toCsv(
    ['label', 'called', 'samples', 'cost'],
    matrix.names.flatMap((label, row) =>
      matrix.names.map((called, column) => [
        label,
        called,
        matrix.counts[row]?.[column] ?? 0,
        matrix.money[row]?.[column] ?? 0,
      ]),
    ),
  );
}

export function reliabilityCsv(bins: Bin[]): string {
  return toCsv(
    ['from', 'to', 'samples', 'said', 'right', 'low', 'high'],
    bins.map(({ low, high, size, said, right }) => [
      low,
      high,
      size,
      said,
      right.value,
      right.low,
      right.high,
    ]),
  );
}

/** Is it right as often as it says? In the words of the title of the chart. */
export function calibrationFinding(bins: Bin[]): string {
  const outside = bins.filter(({ said, right }) => said < right.low || said > right.high);
  const total = bins.reduce((sum, { size }) => sum + size, 0);
  if (outside.length === 0) return 'It is right as often as it says, as far as these samples can tell';
  const sure = outside
    .filter(({ said, right }) => said > right.high)
    .reduce((sum, { size }) => sum + size, 0);
  const unsure = outside.reduce((sum, { size }) => sum + size, 0) - sure;
  return sure >= unsure
    ? `It is surer than it is right on ${plural(sure, 'sample')} of ${formatCount(total)}`
    : `It is right more often than it says on ${plural(unsure, 'sample')} of ${formatCount(total)}`;
}

export function conditionsOf({ conditions }: WorstSlice): string {
  return conditions.map(([column, value]) => `${column}: ${value}`).join(' and ');
}

export function worstCsv(slices: WorstSlice[]): string {
  return toCsv(
    [
      'slice',
      'samples',
      'wrong',
      'wrong low',
      'wrong high',
      'cost',
      'cost of the rest',
      'more',
      'more low',
      'more high',
      'p',
    ],
    slices.map((one) => [
      ...[
        conditionsOf(one),
        one.size,
        one.error.value,
        one.error.low,
        one.error.high,
        one.cost.value,
        one.rest,
      ],
      ...[one.worse.value, one.worse.low, one.worse.high, one.p],
    ]),
  );
}

export function columnsCsv(columns: JudgedSet['columns']): string {
  return toCsv(
    ['column', 'value', 'samples', 'wrong', 'wrong low', 'wrong high', 'cost', 'cost low', 'cost high'],
    columns.flatMap(({ name, values }) =>
      values.map(({ value, size, error, cost }) => [
        ...[name, value, size, error.value, error.low, error.high, cost.value, cost.low, cost.high],
      ]),
    ),
  );
}
