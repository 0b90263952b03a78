import { describe, expect, it } from 'vitest';
import type { SampleWeakOut, SettledLabelOut, WeakVoteOut } from '@/api/types.gen';
import { silentWords, togetherWords, voteStanding, weakTitle } from './weak-votes';

const GOOD = { id: 1, name: 'good', color: '#2f9e7a' };
const DEFECTIVE = { id: 2, name: 'defective', color: '#d9480f' };

function vote(changes: Partial<WeakVoteOut> = {}): WeakVoteOut {
  return {
    source_id: 1,
    source: 'Scribbles',
    kind: 'table',
    label: GOOD,
    confidence: null,
    claimed_accuracy: 0.8,
    right: null,
    right_here: null,
    estimate: 0.9,
    counts: true,
    contradicts: false,
    ...changes,
  };
}

function weakOf(...votes: WeakVoteOut[]): SampleWeakOut {
  return { votes, silent: [], together: null, weighed_at: null };
}

const label: SettledLabelOut = { label: GOOD, answers: 1, quality: null, settled_at: '', correction: null };
const otherwise = vote({ source_id: 2, label: DEFECTIVE });

describe('the title', () => {
  it('holds the sources against the label', () => {
    expect(weakTitle({ weak: weakOf(vote(), otherwise), label })).toBe(
      '1 of 2 weak sources agree with the label',
    );
    expect(weakTitle({ weak: weakOf(otherwise), label })).toBe('The weak source disagrees with the label');
  });

  it('holds them against each other while there is no label', () => {
    expect(weakTitle({ weak: weakOf(vote(), otherwise), label: null })).toBe('2 weak sources conflict');
    expect(weakTitle({ weak: weakOf(vote(), vote()), label: null })).toBe('2 weak sources agree on good');
    expect(weakTitle({ weak: weakOf(vote()), label: null })).toBe('One weak source says good');
    expect(weakTitle({ weak: weakOf(), label: null })).toBe('No weak source says anything of it');
  });
});

it('says what the votes amount to, and that the label is no part of it', () => {
  const together = [
    { label_class: GOOD, probability: 0.83 },
    { label_class: DEFECTIVE, probability: 0.17 },
  ];
  const weak = { ...weakOf(vote()), together };
  expect(togetherWords({ weak, label: null })).toBe('Together they make it 83% good, 17% defective.');
  expect(togetherWords({ weak, label })).toContain('without the label above');
  expect(togetherWords({ weak: weakOf(vote()), label })).toContain('not been weighed');
  expect(togetherWords({ weak: weakOf(), label })).toBeNull();
});

it('says why a vote counts for nothing', () => {
  expect(voteStanding(vote())).toBeNull();
  expect(voteStanding(vote({ counts: false, contradicts: true }))).toContain('less often than chance');
  expect(voteStanding(vote({ counts: false, estimate: null }))).toBe('not weighed yet');
  expect(voteStanding(vote({ counts: false }))).toBe('counts for nothing');
});

it('names who says nothing', () => {
  expect(silentWords(weakOf())).toBeNull();
  expect(silentWords({ ...weakOf(), silent: ['A', 'B'] })).toBe('A and B say nothing of it.');
});
