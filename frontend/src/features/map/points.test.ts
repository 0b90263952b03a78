import { expect, test } from 'vitest';
import type { PoolMapOut } from '@/api/types.gen';
import { coloured, counts, decoded, NONE, rowsOf, WRONG } from './points';

const LEGEND = {
  classes: ['good', 'bad'],
  rounds: ['none', 'round 3'],
  sources: ['none', 'cells'],
} as PoolMapOut;

function buffer() {
  const columns = [
    Float32Array.from([0, 1, -1]),
    Float32Array.from([0.5, 0, 0]),
    Float32Array.from([0.1, 0.9, Number.NaN]),
    Uint32Array.from([7, 8, 9]),
    Uint16Array.from([0, 1, 1]),
    Uint16Array.from([1, 1, 1]),
    Uint8Array.from([0, 1, NONE]),
    Uint8Array.from([0, 0, NONE]),
    Uint8Array.from([0, WRONG, 0]),
  ];
  const bytes = columns.flatMap((one) => [...new Uint8Array(one.buffer)]);
  return Uint8Array.from(bytes).buffer;
}

test('columns are read in their order', () => {
  const points = decoded(buffer(), 3);
  expect([...points.id]).toEqual([7, 8, 9]);
  expect(points.y[0]).toBe(0.5);
  expect([...points.predicted]).toEqual([0, 0, NONE]);
});

test('each colouring says what it counts', () => {
  const points = decoded(buffer(), 3);
  expect(counts(coloured(points, 'label', LEGEND))).toEqual([1, 1, 1]);
  expect(counts(coloured(points, 'error', LEGEND))).toEqual([1, 1, 1]);
  expect(counts(coloured(points, 'round', LEGEND))).toEqual([1, 2]);
  expect(rowsOf(coloured(points, 'uncertainty', LEGEND), 5)).toEqual([1]);
});
