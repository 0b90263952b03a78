import { describe, expect, it } from 'vitest';
import {
  currencyDecimals,
  formatMoney,
  formatMoneyEstimate,
  formatMoneyInterval,
  formatMoneyRounded,
  formatMoneyShort,
  formatMovement,
  isCurrency,
} from './money';

describe('formatMoney', () => {
  it.each([
    ['1240.5000', 'USD', '$1,240.50'],
    ['1240.5000', 'EUR', '€1,240.50'],
    ['1240.0000', 'JPY', '¥1,240'],
    ['-1.2', 'USD', '−$1.20'],
  ])('shows %s %s as %s', (amount, currency, shown) => {
    expect(formatMoney(amount, currency)).toBe(shown);
  });

  it('keeps the digits of what is below the smallest coin', () => {
    expect(formatMoney('0.0042', 'USD')).toBe('$0.0042');
    expect(formatMoney('0', 'USD')).toBe('$0.00');
  });
});

it('leaves out empty decimals in headings', () => {
  expect(formatMoneyShort('600', 'USD')).toBe('$600');
  expect(formatMoneyShort('600.5', 'USD')).toBe('$600.50');
});

it('drops the cents from 100 on in sentences', () => {
  expect(formatMoneyRounded(127.83, 'USD')).toBe('$128');
  expect(formatMoneyRounded(12.5, 'USD')).toBe('$12.50');
});

it('signs movements and shows none as nothing', () => {
  expect(formatMovement('1', 'USD')).toBe('+$1.00');
  expect(formatMovement('-0.9132', 'USD')).toBe('−$0.91');
  expect(formatMovement('0.0000', 'USD')).toBe('');
});

describe('an estimate', () => {
  it('has no more digits than its interval earns', () => {
    expect(formatMoneyInterval({ value: 1838.2, low: 1600, high: 2060 }, 'USD')).toBe('$1,840 ± 230');
    expect(formatMoneyEstimate({ value: 1838.2, low: 1400, high: 2220 }, 'USD')).toBe('$1,800');
  });

  it('is never finer than the currency', () => {
    expect(formatMoneyInterval({ value: 12.3456, low: 12.34, high: 12.35 }, 'USD')).toBe('$12.35 ± 0.01');
    expect(formatMoneyInterval({ value: 12.3, low: 12.1, high: 12.6 }, 'JPY')).toBe('¥12 ± 1');
  });

  it('names both ends when it lies to one side', () => {
    expect(formatMoneyInterval({ value: 430, low: 100, high: 1900 }, 'USD')).toBe('$400 (100 to 1,900)');
  });

  it('without spread is money as in a sentence', () => {
    expect(formatMoneyInterval({ value: 4621.21, low: 4621.21, high: 4621.21 }, 'EUR')).toBe('€4,621');
  });
});

it('knows currencies', () => {
  expect(isCurrency('JPY')).toBe(true);
  expect(isCurrency('XQQ')).toBe(false);
  expect(currencyDecimals('JPY')).toBe(0);
});
