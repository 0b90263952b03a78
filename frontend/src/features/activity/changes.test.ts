import { expect, it } from 'vitest';
import { changesOf, formatFact, turnOf } from './changes';

it('names only what differs, with how it was and is', () => {
  const before = { name: 'Cells', autopilot: true, control_share: 0.1 };
  const after = { name: 'Cells', autopilot: false, control_share: 0.125 };
  expect(changesOf({ before, after }, 'USD')).toEqual([
    { name: 'autopilot', before: 'yes', after: 'no' },
    { name: 'control share', before: '10%', after: '12.5%' },
  ]);
});

it('lists all of what is new or gone', () => {
  const facts = { role: 'annotator', invited_by: 'ann_lee@example.org' };
  expect(changesOf({ before: null, after: facts }, 'USD')).toEqual([
    { name: 'role', before: null, after: 'annotator' },
    { name: 'invited by', before: null, after: 'ann_lee@example.org' },
  ]);
  expect(turnOf({ before: null, after: facts })).toBe('new');
  expect(turnOf({ before: facts, after: null })).toBe('gone');
  expect(turnOf({ before: facts, after: facts })).toBe('changed');
});

it('tells nothing from not being there', () => {
  const [change] = changesOf({ before: { tier: null }, after: { tier: 'expert' } }, 'USD');
  expect(change).toEqual({ name: 'tier', before: 'none', after: 'expert' });
});

it.each([
  ['price', '12.5000', 'JPY', '¥13'],
  ['price', '12.5000', 'EUR', '€12.50'],
  ['mailed', [], 'USD', 'none'],
  ['mailed', ['run_finished', 'job_failed'], 'USD', 'run finished, job failed'],
  ['champion', 3, 'USD', '3'],
  ['rate', { kind: 'per_label', amount: '0.5' }, 'USD', 'kind per label, amount $0.50'],
])('%s %j in %s reads %s', (name, value, currency, shown) => {
  expect(formatFact(name, value, currency)).toBe(shown);
});
