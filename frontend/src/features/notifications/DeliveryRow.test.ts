import { expect, it } from 'vitest';
import { outcomeOf } from './DeliveryRow';

const ATTEMPT = {
  number: 1,
  at: '2026-11-24T12:00:00Z',
  excerpt: '',
  error: '',
  status: null,
  seconds: null,
};

it('says what the receiver answered and how long it took', () => {
  expect(outcomeOf({ ...ATTEMPT, status: 503, seconds: 0.42 })).toBe('answered 503 in 0.4 s');
});

it('says why there was no answer', () => {
  expect(outcomeOf({ ...ATTEMPT, error: 'Connection refused' })).toBe('Connection refused');
  expect(outcomeOf(ATTEMPT)).toBe('no answer');
});
