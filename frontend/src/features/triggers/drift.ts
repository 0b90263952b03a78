// The tests of an import, as a table reads them. Pure functions.
import type { DriftOut, DriftTestOut } from '@/api/types.gen';

type Test = Pick<DriftTestOut, 'looks_at' | 'against'> & { title: string; measure: string };

export const TESTS: Test[] = [
  { looks_at: 'embeddings', against: 'pool', title: 'Embeddings, pool', measure: 'MMD²' },
  { looks_at: 'scores', against: 'pool', title: 'Scores, pool', measure: 'PSI' },
  { looks_at: 'embeddings', against: 'training', title: 'Embeddings, training', measure: 'Further by MMD²' },
  { looks_at: 'scores', against: 'training', title: 'Scores, training', measure: 'Further by PSI' },
];

export function testOf(row: DriftOut, { looks_at, against }: Test): DriftTestOut | undefined {
  return row.tests.find((one) => one.looks_at === looks_at && one.against === against);
}

/** `p 0.37`, `p 0.004`, `p < 0.0001`. */
export function formatP(p: number): string {
  if (p < 0.0001) return 'p < 0.0001';
  return `p ${p >= 0.1 ? p.toFixed(2) : Number(p.toPrecision(1))}`;
}
