import { describe, expect, it } from 'vitest';
import type { ProjectOut } from '@/api/types.gen';
import { settingsErrors, settingsValues, toPatch } from './settings';

const PROJECT = {
  name: 'Cells',
  autopilot: true,
  round_size: 20,
  control_share: 0.1,
  item_days: 14,
  plan_approval: false,
  yearly_volume: null,
  target_cost: '0.5000',
  gold_answers: 2,
  agreement_bar: 0.8,
  honeypot_share: 0.05,
  honeypot_bar: 0.7,
  honeypot_minimum: 10,
  honeypot_feedback: false,
  blind_share: 0.1,
  foreign_share: 0.01,
  corruption_bound: null,
  noise_bound: null,
  nonsense_bound: null,
  card_notes: '',
  compute_price: null,
} as ProjectOut;
const VALUES = settingsValues(PROJECT);

describe('what is sent', () => {
  it('is only what was changed, shares from 0 to 1', () => {
    const changed = { ...VALUES, honeypot_share: 7.5, plan_approval: true, yearly_volume: 1000 };
    expect(toPatch(changed, VALUES)).toEqual({
      honeypot_share: 0.075,
      plan_approval: true,
      yearly_volume: 1000,
    });
    expect(toPatch(VALUES, VALUES)).toEqual({});
  });

  it('takes back what was emptied, and keeps money as text', () => {
    expect(toPatch({ ...VALUES, target_cost: '' }, VALUES)).toEqual({ target_cost: null });
    expect(toPatch({ ...VALUES, target_cost: 0.25 }, VALUES)).toEqual({ target_cost: '0.25' });
    expect(toPatch({ ...VALUES, compute_price: 1.5 }, VALUES)).toEqual({ compute_price: '1.5' });
  });
});

describe('what is refused', () => {
  it('names the field', () => {
    const wrong = { ...VALUES, honeypot_share: 60, gold_answers: 0, agreement_bar: '', target_cost: -1 };
    expect(Object.keys(settingsErrors(wrong, 'USD')).sort()).toEqual([
      'agreement_bar',
      'gold_answers',
      'honeypot_share',
      'target_cost',
    ]);
  });

  it('is nothing of what the project has, whose two forecast settings may be empty', () => {
    expect(settingsErrors({ ...VALUES, target_cost: '', yearly_volume: '' }, 'USD')).toEqual({});
  });
});
