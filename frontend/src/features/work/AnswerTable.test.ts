import { expect, it } from 'vitest';
import { paidTime } from './AnswerTable';

it('names the paid part of the time only where not all of it is paid', () => {
  expect(paidTime({ seconds: 200, paid_seconds: 120 })).toBe('2 min of it are paid');
  expect(paidTime({ seconds: 60, paid_seconds: 60 })).toBeUndefined();
  expect(paidTime({ seconds: null, paid_seconds: 36 })).toBeUndefined();
});
