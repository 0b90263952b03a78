import { expect, test } from 'vitest';
import {
  type Bin,
  calibrationFinding,
  type ErrorReport,
  findingOf,
  type JudgedSet,
  matrixOf,
  mistakesOf,
  samplesOf,
} from './report';
import { cellOf, readErrorSearch } from './search';

const sample = (label: number, predicted: number, cluster: number | null) =>
  ({ sample_id: 10 * label + predicted, label, predicted, cluster }) as JudgedSet['samples'][number];

const SET = {
  confusion: [
    [50, 2, 1],
    [3, 9, 4],
    [0, 5, 6],
  ],
  money: [
    [0, 10, 5],
    [300, 0, 0],
    [0, 0, 0],
  ],
  samples: [sample(1, 0, 0), sample(0, 1, 1), sample(1, 2, null), sample(0, 0, null)],
} as unknown as JudgedSet;

const REPORT = { classes: ['good', 'crack', 'break'], merged: [0, 1, 1] } as unknown as ErrorReport;

test('the matrix of merged classes adds up theirs', () => {
  const matrix = matrixOf(REPORT, SET, true);
  expect(matrix.names).toEqual(['good', 'crack or break']);
  expect(matrix.counts).toEqual([
    [50, 3],
    [3, 24],
  ]);
  expect(mistakesOf(matrix)).toEqual({ count: 6, cost: 315 });
  expect(mistakesOf(matrixOf(REPORT, SET, false)).count).toBe(15);
});

test('a cell and a cluster lead to their samples, and without either all mistakes are shown', () => {
  const ids = (merged: boolean, cell?: [number, number], cluster?: number) =>
    samplesOf(SET, matrixOf(REPORT, SET, merged), cell, cluster).map((one) => one.sample_id);
  expect(ids(false)).toEqual([10, 1, 12]);
  expect(ids(true)).toEqual([10, 1]);
  expect(ids(false, [1, 2])).toEqual([12]);
  expect(ids(false, [0, 0])).toEqual([0]);
  expect(ids(false, undefined, 1)).toEqual([1]);
});

test('the title names the dearest mistake', () => {
  expect(findingOf(matrixOf(REPORT, SET, false), 'USD')).toBe(
    'The dearest mistake: crack called good, 3 times, $300',
  );
  expect(findingOf({ names: ['a'], counts: [[5]], money: [[0]], rowOf: [0] }, 'USD')).toBe('No mistake');
});

test('calibration is worded by where most samples are off', () => {
  const bin = (said: number, low: number, high: number, size: number): Bin => ({
    low: 0,
    high: 1,
    size,
    said,
    right: { value: (low + high) / 2, low, high },
  });
  expect(calibrationFinding([bin(0.9, 0.5, 0.7, 30), bin(0.6, 0.5, 0.7, 10)])).toBe(
    'It is surer than it is right on 30 samples of 40',
  );
  expect(calibrationFinding([bin(0.6, 0.5, 0.7, 10)])).toMatch('right as often as it says');
});

test('the address keeps the cell; what is no cell of the matrix is none', () => {
  expect(readErrorSearch({ cell: '1,0', of: 'since', cluster: '2', sample: 'x' })).toMatchObject({
    cell: '1,0',
    of: 'since',
    cluster: 2,
    sample: undefined,
  });
  expect(readErrorSearch({ cell: 'crack' }).cell).toBeUndefined();
  expect(cellOf('1,0', 2)).toEqual([1, 0]);
  expect(cellOf('2,0', 2)).toBeUndefined();
  expect(cellOf(undefined, 2)).toBeUndefined();
});
