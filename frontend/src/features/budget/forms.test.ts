import { describe, expect, it } from 'vitest';
import type { AllowanceOut } from '@/api/types.gen';
import { allowanceErrors, NEW_ALLOWANCE, replacedBy, toAllowance } from './allowances';
import { daysError, monthDays, monthsSince, payrollAddress } from './payroll';
import { NEW_RATE, rateErrors, toNewRate, whoseChoices } from './rates';
import { rulesErrors, toRules } from './rules';
import { termsErrors, toTerms } from './terms';
import { paidTime } from './timing';

describe('a new rate', () => {
  const HOURLY = { ...NEW_RATE, whose: 'tier:3', amount: 100 };

  it('names whose it is and what it pays', () => {
    expect(Object.keys(rateErrors(NEW_RATE, 'USD'))).toEqual(['whose', 'amount']);
    expect(rateErrors(HOURLY, 'USD')).toEqual({});
  });

  it('does not cap below the expected time', () => {
    expect(rateErrors({ ...HOURLY, cap_seconds: 20 }, 'USD')).toEqual({
      cap_seconds: 'Not below the expected time.',
    });
    expect(rateErrors({ ...HOURLY, kind: 'per_label', cap_seconds: 20 }, 'USD')).toEqual({});
  });

  it('holds from now on unless a time is given', () => {
    expect(toNewRate(HOURLY)).toEqual({
      tier_id: 3,
      annotator_id: null,
      kind: 'hourly',
      amount: 100,
      expected_seconds: 36,
      cap_seconds: 120,
    });
    const later = toNewRate({ ...HOURLY, whose: 'annotator:7', effective_from: '2026-12-01T08:00' });
    expect(later.annotator_id).toBe(7);
    expect(later.effective_from).toBe(new Date('2026-12-01T08:00').toISOString());
  });

  it('offers no empty group', () => {
    const tier = { id: 3, kind: 'expert' as const, claimed_accuracy: 0.95, rate: null };
    expect(whoseChoices({ tiers: [tier], annotators: [] })).toEqual([
      { group: 'Tiers', items: [{ value: 'tier:3', label: 'expert tier' }] },
    ]);
  });
});

describe('a new limit', () => {
  const MONTHLY: AllowanceOut = {
    id: 1,
    tier_id: null,
    annotator_id: null,
    of: 'project',
    period: 'month',
    limit: '250',
    spent: '0',
    held: '0',
    left: '250',
    since: null,
  };

  it('is not the budget once more', () => {
    expect(allowanceErrors({ ...NEW_ALLOWANCE, limit: 5, period: 'total' }, 'USD')).toHaveProperty('period');
    expect(allowanceErrors({ whose: 'tier:1', limit: 5, period: 'total' }, 'USD')).toEqual({});
  });

  it('replaces the one of the same owner and period', () => {
    expect(replacedBy({ ...NEW_ALLOWANCE, limit: 5 }, [MONTHLY])?.id).toBe(1);
    expect(replacedBy({ ...NEW_ALLOWANCE, period: 'day', limit: 5 }, [MONTHLY])).toBeNull();
    expect(replacedBy({ ...NEW_ALLOWANCE, whose: 'tier:1', limit: 5 }, [MONTHLY])).toBeNull();
  });

  it('of the project names neither tier nor annotator', () => {
    expect(toAllowance({ ...NEW_ALLOWANCE, limit: 5 })).toEqual({
      tier_id: null,
      annotator_id: null,
      period: 'month',
      limit: 5,
    });
  });
});

describe('a payroll', () => {
  it('is for whole months, leap years too', () => {
    expect(monthDays('2028-02')).toEqual({ first: '2028-02-01', last: '2028-02-29' });
  });

  it('offers the months since the first movement, over the turn of a year', () => {
    const now = Date.parse('2027-01-15T00:00:00Z');
    expect(monthsSince('2026-11-24', now)).toEqual(['2027-01', '2026-12', '2026-11']);
    expect(monthsSince(undefined, now)).toEqual(['2027-01']);
  });

  it('refuses days in the wrong order', () => {
    expect(daysError({ first: '2026-11-02', last: '2026-11-01' })).toBe(
      'The last day must not be before the first.',
    );
    expect(daysError({ first: '', last: '2026-11-01' })).toBe('Enter both days.');
    expect(daysError({ first: '2026-11-01', last: '2026-11-01' })).toBeNull();
  });

  it('links to the API', () => {
    expect(payrollAddress(4, monthDays('2026-11'), true)).toBe(
      '/api/projects/4/payroll-lines.csv?from=2026-11-01&to=2026-11-30',
    );
  });
});

it('takes rules as percent and sends them as shares', () => {
  expect(toRules({ overrun_percent: 12.5, median_factor: 3 })).toEqual({
    overrun_share: 0.125,
    median_factor: 3,
  });
  expect(Object.keys(rulesErrors({ overrun_percent: -1, median_factor: 0.5 }))).toEqual([
    'overrun_percent',
    'median_factor',
  ]);
});

it('takes the target for 1,000 samples and sends it for one; empty takes it back', () => {
  expect(toTerms({ target: 300, yearly_volume: 50_000 })).toEqual({
    target_cost: 0.3,
    yearly_volume: 50_000,
  });
  expect(toTerms({ target: '', yearly_volume: '' })).toEqual({ target_cost: null, yearly_volume: null });
  expect(termsErrors({ target: '', yearly_volume: 0.5 })).toHaveProperty('yearly_volume');
});

it('shows both times where less is paid than was measured', () => {
  expect(paidTime({ lead_seconds: 36, paid_seconds: 36 })).toBe('36 s');
  expect(paidTime({ lead_seconds: 900, paid_seconds: 120 })).toBe('2 min paid of 15 min');
  expect(paidTime({ lead_seconds: null, paid_seconds: 36 })).toBe('36 s');
});
