// Times: relative to read, exact on hover; durations without false precision.

const LOCALE = 'en-US';
const STEPS: [limit: number, seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 1, 'second'],
  [3600, 60, 'minute'],
  [86_400, 3600, 'hour'],
  [86_400 * 30, 86_400, 'day'],
  [86_400 * 365, 86_400 * 30, 'month'],
  [Number.POSITIVE_INFINITY, 86_400 * 365, 'year'],
];
const RELATIVE = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'always', style: 'short' });
const EXACT = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'medium' });

export function formatRelative(iso: string, now: number): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  const distance = Math.abs(seconds);
  if (distance < 5) return 'just now';
  for (const [limit, size, unit] of STEPS) {
    if (distance < limit) return RELATIVE.format(Math.round(seconds / size), unit);
  }
  return EXACT.format(Date.parse(iso));
}

export function formatExact(iso: string): string {
  return EXACT.format(Date.parse(iso));
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 0.05) return '<0.1 s';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function secondsBetween(start: string, end: string | number): number {
  return Math.max(0, ((typeof end === 'number' ? end : Date.parse(end)) - Date.parse(start)) / 1000);
}

const DAY = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeZone: 'UTC' });

/** `Nov 24, 2026` for a calendar day as the API has it, wherever the reader is. */
export function formatDay(day: string): string {
  return DAY.format(Date.parse(day));
}
