// What the address holds of a version's errors: on which labels, which cell or cluster, and which sample is open.
import { oneOf, positiveInteger, type Search } from '@/lib/search';
import type { Cell } from './report';

const TABLE = ['table'] as const;

export interface ErrorSearch {
  of?: 'gold' | 'since';
  /** Cells tell money rather than counts. */
  in?: 'money';
  /** Classes that are one in evaluation are shown as one. */
  merged?: 'yes';
  /** `label,called`, places of classes. */
  cell?: string;
  /** The place of a cluster, from 1. */
  cluster?: number;
  sample?: number;
  column?: string;
  calibration?: 'table';
  slices?: 'table';
}

export function readErrorSearch(search: Search): ErrorSearch {
  return {
    of: oneOf(search.of, ['gold', 'since'] as const),
    in: oneOf(search.in, ['money'] as const),
    merged: oneOf(search.merged, ['yes'] as const),
    cell: typeof search.cell === 'string' && /^\d+,\d+$/.test(search.cell) ? search.cell : undefined,
    cluster: positiveInteger(search.cluster),
    sample: positiveInteger(search.sample),
    column: typeof search.column === 'string' ? search.column : undefined,
    calibration: oneOf(search.calibration, TABLE),
    slices: oneOf(search.slices, TABLE),
  };
}

export function cellOf(cell: string | undefined, size: number): Cell | undefined {
  const [label = size, called = size] = (cell ?? '').split(',').filter(Boolean).map(Number);
  return label < size && called < size ? [label, called] : undefined;
}
