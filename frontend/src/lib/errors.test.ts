import { describe, expect, it } from 'vitest';
import { cookie } from './client';
import { ApiError, fieldOf, isTransient, toApiError } from './errors';

it('keeps what the server refused with, and the field', () => {
  const error = toApiError({ code: 'invalid_input', message: 'Too small.', field: 'budget' }, 422);
  expect(error).toMatchObject({ status: 422, code: 'invalid_input', message: 'Too small.', field: 'budget' });
  expect(isTransient(error)).toBe(false);
});

it('says so when no answer came, and tries again', () => {
  const error = toApiError(new TypeError('Failed to fetch'), 0);
  expect(error.message).toContain('does not answer');
  expect(isTransient(error)).toBe(true);
});

it('does not show a page of HTML as a message', () => {
  expect(toApiError('<html>…', 502).message).toContain('502');
});

it('reads a cookie by its whole name', () => {
  expect(cookie('csrftoken', 'xcsrftoken=no; csrftoken=a%3Db')).toBe('a=b');
  expect(cookie('csrftoken', 'other=1')).toBeNull();
});

describe('the field of a refusal', () => {
  const fields = { amount: 5, cap_seconds: 120 };
  const refusal = (field: string | null) => new ApiError(422, 'invalid', 'No.', field);

  it('is the one it names, also below another', () => {
    expect(fieldOf(refusal('cap_seconds'), fields, 'amount')).toBe('cap_seconds');
    expect(fieldOf(refusal('rate.cap_seconds'), fields, 'amount')).toBe('cap_seconds');
  });

  it('is the fallback where the form has no such field, or none is named', () => {
    expect(fieldOf(refusal('tier_id'), fields, 'amount')).toBe('amount');
    expect(fieldOf(refusal(null), fields, 'amount')).toBe('amount');
    expect(fieldOf(new Error('gone'), fields, 'amount')).toBe('amount');
  });
});
