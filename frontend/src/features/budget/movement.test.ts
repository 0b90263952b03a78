import { expect, it } from 'vitest';
import { limitAfter, movementError, toMovement } from './movement';

const BUDGET = {
  currency: 'USD',
  limit: '600.0000',
  spent: '232.4167',
  reserved: '40.0000',
  left: '327.5833',
  frozen: false,
  expected_price: '1.0000',
  labels_left: 327,
};

it('says what the limit becomes', () => {
  expect(limitAfter(150, 'top-up', BUDGET)).toBe(750);
  expect(limitAfter(150, 'lower', BUDGET)).toBe(450);
});

it('does not lower below what is spent and reserved', () => {
  expect(movementError(327.5833, 'lower', BUDGET)).toBeNull();
  expect(movementError(328, 'lower', BUDGET)).toBe('Only $327.58 are neither spent nor reserved.');
  expect(limitAfter(328, 'lower', BUDGET)).toBeNull();
});

it('wants an amount that the ledger can hold', () => {
  expect(movementError('', 'top-up', BUDGET)).toBe('Enter an amount.');
  expect(movementError(0, 'top-up', BUDGET)).toBe('Say by how much.');
  expect(movementError(0.00001, 'top-up', BUDGET)).toBe('At most 4 decimals.');
});

it('sends a note without its margins', () => {
  expect(toMovement({ amount: 5, note: ' line 3 ' })).toEqual({ amount: 5, note: 'line 3' });
});
