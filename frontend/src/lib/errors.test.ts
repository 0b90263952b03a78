import { expect, it } from 'vitest';
import { cookie } from './client';
import { isTransient, toApiError } from './errors';

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
