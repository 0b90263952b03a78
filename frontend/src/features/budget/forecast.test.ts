import { describe, expect, it } from 'vitest';
import type { ForecastOut } from '@/api/types.gen';
import { fanReach } from './fan';
import {
  calibrationFinding,
  costBandText,
  fanAt,
  fanCsv,
  forecastFinding,
  moneyBandText,
  savingsFinding,
} from './forecast';

const FAN = [
  { spent: '100', p10: 1, p50: 2, p90: 3 },
  { spent: '300', p10: 0.5, p50: 1, p90: 2 },
];
const EMPTY = { points: [], fan: [], reason: null };
const FORECAST: ForecastOut = {
  reason: null,
  made_at: null,
  made_at_model: 3,
  currency: 'USD',
  spent: '100',
  limit: '200',
  yearly_volume: null,
  target_cost: null,
  target_reached: false,
  active: { points: [], fan: FAN, reason: null },
  control: EMPTY,
  to_target: null,
  next_round: null,
  purchase: null,
  savings: null,
  savings_reason: null,
  calibration: { rows: [], inside: 0, share: null },
};

describe('a band of money', () => {
  it('has the digits that its width earns', () => {
    expect(moneyBandText({ p10: '88.7', p50: '158.7', p90: '398.7' }, 'USD')).toBe('$160 ($90 to $400)');
  });

  it('says which end is not known', () => {
    expect(moneyBandText({ p10: '150', p50: '290', p90: null }, 'USD')).toBe(
      '$290 ($150 to more than the forecast can say)',
    );
    expect(moneyBandText({ p10: '150', p50: null, p90: null }, 'USD')).toBe(
      'more than the forecast can say, at least $150',
    );
  });
});

it('states costs for 1,000 samples', () => {
  expect(costBandText({ p10: 0.35, p50: 0.41, p90: 0.62 }, 'USD')).toBe('$410 ($350 to $620)');
});

it('reads the fan between its rows, and not beyond', () => {
  expect(fanAt(FAN, 200)).toEqual({ p10: 0.75, p50: 1.5, p90: 2.5 });
  expect(fanAt(FAN, 99)).toBeNull();
  expect(fanAt(FAN, 301)).toBeNull();
  expect(fanAt([], 100)).toBeNull();
});

describe('the title', () => {
  it('says where the limit leads, without a target', () => {
    expect(forecastFinding(FORECAST)).toContain('The whole $200 is expected to lead to $1,500');
  });

  it('says after how much the target is reached', () => {
    const target = { p10: '210', p50: '280', p90: '520' };
    const to_target = { target: '1', total: target, further: target, probability: 0.8, horizon: '900' };
    expect(forecastFinding({ ...FORECAST, target_cost: '1', to_target })).toBe(
      '$1,000 per 1,000 samples is expected after $280 ($210 to $520)',
    );
    expect(forecastFinding({ ...FORECAST, target_cost: '1', to_target, target_reached: true })).toBe(
      'The target of $1,000 per 1,000 samples is reached',
    );
  });

  it('asks where nothing can be said', () => {
    expect(forecastFinding({ ...FORECAST, active: EMPTY })).toMatch(/\?$/);
  });
});

it('draws to the limit, no further than the forecast looks', () => {
  expect(fanReach(FORECAST)).toBeCloseTo(210);
  expect(fanReach({ ...FORECAST, limit: '5000' })).toBe(300);
});

it('claims no saving that its band leaves in doubt', () => {
  const savings = (p10: string | null, p50: string | null) => ({
    expected_cost: 1,
    spent: '100',
    needed: { p10, p50, p90: null },
    saved: { p10, p50, p90: p50 && '300' },
  });
  expect(savingsFinding(savings('40', '170'), 'USD')).toMatch(/^Learning actively saved \$170/);
  expect(savingsFinding(savings('-40', '170'), 'USD')).toMatch(/^Learning actively may have saved/);
  expect(savingsFinding(savings('-90', '-10'), 'USD')).toContain('nothing so far');
  expect(savingsFinding(savings(null, null), 'USD')).toContain('more than can be said');
});

it('holds earlier forecasts against what came', () => {
  expect(calibrationFinding(FORECAST.calibration)).toMatch(/\?$/);
  const row = {
    made_at_model: 3,
    model_number: 4,
    spent: '120',
    forecast: { p10: 1, p50: 2, p90: 3 },
    measured: 2.5,
    inside: true,
  };
  const rows = [row, { ...row, model_number: 5, measured: 4, inside: false }];
  expect(calibrationFinding({ rows, inside: 1, share: 0.5 })).toContain('1 of 2 earlier forecasts held, 50%');
});

it('gives both arms as CSV', () => {
  const lines = fanCsv({ ...FORECAST, control: { ...EMPTY, fan: FAN } }).split('\r\n');
  expect(lines[1]).toBe('active,forecast,100,1000,2000,3000');
  expect(lines[3]).toBe('random control,forecast,100,1000,2000,3000');
});
