import { describe, expect, it } from 'vitest';
import { paletteOf } from '@/charts/palette';
import { burnCsv, burnFinding, burnOption, burnPath, pace } from './burn-down';

function day(date: string, spent: number, reserved = 0, limit = 600) {
  return { day: date, limit: String(limit), spent: String(spent), reserved: String(reserved), labels: spent };
}

const NOW = Date.parse('2026-11-24T12:00:00Z');
const DAYS = [day('2026-11-01', 0), day('2026-11-10', 100), day('2026-11-20', 170, 30)];

it('begins with nothing spent, holds each sum, and ends now', () => {
  const path = burnPath(DAYS, NOW);
  expect(path[0]).toEqual({ at: Date.parse('2026-11-01'), limit: 600, spent: 0, committed: 0 });
  expect(path.at(-2)).toEqual({ at: Date.parse('2026-11-21'), limit: 600, spent: 170, committed: 200 });
  expect(path.at(-1)).toEqual({ at: NOW, limit: 600, spent: 170, committed: 200 });
});

it('ends today’s sums now, not at midnight to come', () => {
  expect(burnPath([day('2026-11-24', 5)], NOW).map((point) => point.at)).toEqual([
    Date.parse('2026-11-24'),
    NOW,
  ]);
});

describe('the pace', () => {
  it('is of the last week only', () => expect(pace(DAYS, NOW)).toBeCloseTo(10));
  it('is of the days there were, at least one', () =>
    expect(pace([day('2026-11-24', 50)], NOW)).toBeCloseTo(50));
  it('is unknown where nothing was spent', () => expect(pace([day('2026-11-01', 50)], NOW)).toBeNull());
});

describe('the title', () => {
  it('says how long the rest lasts', () =>
    expect(burnFinding(DAYS, 'USD', NOW)).toBe('$170 of $600 spent; at $10 a day the rest lasts 40 days'));
  it('says when nothing is left to reserve', () =>
    expect(burnFinding([day('2026-11-24', 500, 100)], 'USD', NOW)).toContain('nothing is left to reserve'));
  it('promises nothing where nothing was spent of late', () =>
    expect(burnFinding([day('2026-11-01', 50)], 'USD', NOW)).toBe(
      '$50 of $600 spent; nothing in the last 7 days',
    ));
});

it('gives the days as CSV', () => {
  expect(burnCsv(DAYS).split('\r\n')[3]).toBe('2026-11-20,600,170,30,170');
});

describe('the chart', () => {
  const style = { currency: 'USD', palette: paletteOf('light'), now: NOW };
  const seriesOf = (needed?: { p10: string | null; p50: string | null; p90: string | null }) =>
    burnOption(DAYS, { ...style, needed }).series as { name?: string; data: number[][] }[];

  it('holds a sum until the next movement', () => {
    const spent = seriesOf().find((series) => series.name === 'spent');
    expect(spent?.data.slice(-3)).toEqual([
      [Date.parse('2026-11-21'), 170],
      [NOW, 170],
      [NOW, 170],
    ]);
  });

  it('shows what the target takes where that is known, and leaves an unknown end open', () => {
    expect(seriesOf()).toHaveLength(3);
    expect(seriesOf({ p10: '300', p50: null, p90: null })).toHaveLength(3);
    const [band, line] = seriesOf({ p10: '200', p50: '280', p90: null });
    expect(band?.data.map((corner) => corner[1])).toEqual([600, 600, 200, 200]);
    expect(line?.data.map((end) => end[1])).toEqual([280, 280]);
  });
});
