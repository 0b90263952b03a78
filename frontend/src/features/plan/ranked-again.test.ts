import { expect, test } from 'vitest';
import { rankedAgain } from './ranked-again';

const reranking = {
  model_number: 3,
  at: '2026-11-25T00:00:00Z',
  refreshed: 12,
  outbid: 4,
  released: '4.0000',
};

test('a ranking again says what it changed and what money it released', () => {
  expect(rankedAgain(reranking, 'USD')).toBe(
    'Ranked again under version 3: 12 samples refreshed, 4 outbid, $4.00 released.',
  );
  expect(rankedAgain({ ...reranking, refreshed: 1, outbid: 0, released: '0.0000' }, 'USD')).toBe(
    'Ranked again under version 3: 1 sample refreshed, none outbid.',
  );
});
