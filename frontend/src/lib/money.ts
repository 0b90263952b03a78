// Money in the project's currency. The API gives decimal strings; they are only ever shown, never added up here.
import type { Interval } from '@/api/types.gen';
import { formatNumber, halfWidth, isSkewed, lastPlace, roundedSpread, roundTo } from './numbers';

const LOCALE = 'en-US';

function formatter(currency: string, decimals?: number) {
  const format = new Intl.NumberFormat(LOCALE, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    ...(decimals === undefined ? {} : { minimumFractionDigits: decimals, maximumFractionDigits: decimals }),
  });
  return {
    decimals: format.resolvedOptions().maximumFractionDigits ?? 2,
    format: (value: number) => format.format(value).replace('-', '−'),
  };
}

export function currencyDecimals(currency: string): number {
  return formatter(currency).decimals;
}

/** `$1,240.50`, `¥1,240`. An amount below the smallest coin keeps its digits instead of showing nothing. */
export function formatMoney(amount: string | number, currency: string): string {
  const value = Number(amount);
  const smallest = 10 ** -currencyDecimals(currency);
  if (value !== 0 && Math.abs(value) < smallest) return formatter(currency, 4).format(value);
  return formatter(currency).format(value);
}

/** Without the decimals when there is nothing in them: `$600`, but `$600.50`. For headings, axes and prose. */
export function formatMoneyShort(amount: string | number, currency: string): string {
  const value = Number(amount);
  return Number.isInteger(value) ? formatter(currency, 0).format(value) : formatMoney(value, currency);
}

/** Whole units from 100 on: `$128` for 127.83. For sentences in which the cents say nothing. */
export function formatMoneyRounded(amount: number, currency: string): string {
  return formatMoneyShort(Math.abs(amount) >= 100 ? Math.round(amount) : amount, currency);
}

/** `+$1.00`, `−$1.00`, or nothing at all for no movement. */
export function formatMovement(amount: string, currency: string): string {
  const value = Number(amount);
  if (value === 0) return '';
  return `${value > 0 ? '+' : '−'}${formatMoney(Math.abs(value), currency)}`;
}

function estimatePlace(interval: Interval, currency: string): number {
  return Math.max(lastPlace(halfWidth(interval)), -currencyDecimals(currency));
}

/** The value alone, rounded to what its interval earns: `$1,840` for 1838.2 ± 230. */
export function formatMoneyEstimate(interval: Interval, currency: string): string {
  const { rounded, decimals } = roundTo(interval.value, estimatePlace(interval, currency));
  return formatter(currency, decimals).format(rounded);
}

/** `$1,840 ± 230`, or `$430 (100 to 1,900)` when that is skewed: the unit is shown once. */
export function formatMoneyInterval(interval: Interval, currency: string): string {
  const spread = halfWidth(interval);
  if (!(spread > 0)) return formatMoneyRounded(interval.value, currency);
  const place = estimatePlace(interval, currency);
  if (isSkewed(interval)) {
    const ends = [interval.low, interval.high].map((end) => roundTo(end, place));
    const [low, high] = ends.map(({ rounded, decimals }) => formatNumber(rounded, decimals));
    return `${formatMoneyEstimate(interval, currency)} (${low} to ${high})`;
  }
  const { rounded, decimals } = roundedSpread(spread, place);
  return `${formatMoneyEstimate(interval, currency)} ± ${formatNumber(rounded, decimals)}`;
}

export function isCurrency(code: string): boolean {
  return Intl.supportedValuesOf('currency').includes(code);
}
