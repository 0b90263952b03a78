// Numbers as people read them: no more digits than the uncertainty leaves meaningful.
import type { Interval } from '@/api/types.gen';

const LOCALE = 'en-US';

/**
 * The power of ten of the last digit worth showing next to a half-width: one significant digit of it,
 * two when it starts with 1 or 2 (the rule of the Particle Data Group).
 */
export function lastPlace(halfWidth: number): number {
  if (!(halfWidth > 0)) return Number.NEGATIVE_INFINITY;
  const exponent = Math.floor(Math.log10(halfWidth));
  const leading = halfWidth / 10 ** exponent;
  return leading < 2.95 ? exponent - 1 : exponent;
}

export function halfWidth(interval: Interval): number {
  return (interval.high - interval.low) / 2;
}

/** `value` rounded to 10^place, and how many decimals that leaves. */
export function roundTo(value: number, place: number): { rounded: number; decimals: number } {
  const step = 10 ** place;
  return { rounded: Math.round(value / step) * step, decimals: Math.max(0, -place) };
}

/** A half-width for display: at least one step, for an uncertainty is never shown as none. */
export function roundedSpread(spread: number, place: number): { rounded: number; decimals: number } {
  const { rounded, decimals } = roundTo(spread, place);
  return { rounded: Math.max(rounded, 10 ** place), decimals };
}

/** A value so far from its interval's middle that `±` would misplace the ends. */
export function isSkewed({ value, low, high }: Interval): boolean {
  return Math.abs(value - (low + high) / 2) > (high - low) / 8;
}

/** `0.83 ± 0.02`, or `0.013 (0.010 to 0.047)` when that is skewed; without spread, two decimals. */
export function formatEstimate(interval: Interval, most = 3): string {
  const spread = halfWidth(interval);
  if (!(spread > 0)) return formatNumber(interval.value, 2);
  const place = Math.max(lastPlace(spread), -most);
  const { rounded, decimals } = roundTo(interval.value, place);
  const number = formatNumber(rounded, decimals);
  if (isSkewed(interval)) {
    const [low, high] = [interval.low, interval.high].map((end) => formatNumber(end, decimals));
    return `${number} (${low} to ${high})`;
  }
  return `${number} ± ${formatNumber(roundedSpread(spread, place).rounded, decimals)}`;
}

export function formatNumber(value: number, decimals = 0): string {
  return new Intl.NumberFormat(LOCALE, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

export function formatCount(value: number): string {
  return formatNumber(value, 0);
}

/** `0.934` as `93%`; never a flat 0% or 100% for what is only close to it. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return '<1%';
  if (share < 1 && share > 0.99) return '>99%';
  return `${formatNumber(share * 100, 0)}%`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
