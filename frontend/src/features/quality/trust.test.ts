import { describe, expect, it } from 'vitest';
import type { AnnotatorQualityOut, BlindStudyOut, QualityOut, ShareOut } from '@/api/types.gen';
import {
  agreementCsv,
  agreementFinding,
  annotatorFinding,
  annotatorRows,
  annotatorsCsv,
  studyCsv,
  studyMeasures,
  studyTitle,
} from './trust';

const AT = '2026-11-01T00:00:00Z';
const NONE: ShareOut = { right: 0, of: 0, share: null };

function share(right: number, of: number): ShareOut {
  return { right, of, share: { value: right / of, low: right / of - 0.1, high: right / of + 0.05 } };
}

function annotator(changes: Partial<AnnotatorQualityOut> = {}): AnnotatorQualityOut {
  return {
    annotator_id: 1,
    annotator: 'ada@example.com',
    tier: 'weak',
    state: 'active',
    answers: 50,
    confusion: [
      [0.9, 0.1],
      [0.02, 0.98],
    ],
    over_all: share(18, 20),
    of_classes: [share(18, 20), NONE],
    honeypots: NONE,
    measured_at: AT,
    ...changes,
  };
}

function quality(...annotators: AnnotatorQualityOut[]): QualityOut {
  return {
    classes: [
      { id: 1, name: 'good', color: '#000000' },
      { id: 2, name: 'defective', color: '#ffffff' },
    ],
    agreement_bar: 0.8,
    honeypot_bar: 0.7,
    honeypot_minimum: 10,
    honeypot_share: 0.05,
    blind_share: 0.1,
    agreement: null,
    annotators,
    blind_study: null,
    doubtful: { count: 0, items: [] },
  };
}

describe('agreement', () => {
  const of = (low: number, value: number, high: number) => ({
    alpha: { value, low, high },
    samples: 40,
    shared: 30,
    pairs: [{ one: 'ada', other: '=bob', same: share(9, 10) }],
    measured_at: AT,
  });

  it('is called reliable only when the whole interval is', () => {
    expect(agreementFinding(of(0.82, 0.88, 0.94))).toBe(
      'Agreement beyond chance is 0.88 ± 0.06: reliable answers',
    );
    expect(agreementFinding(of(0.7, 0.8, 0.9))).toBe('Agreement beyond chance is 0.80 ± 0.10');
    expect(agreementFinding(of(0.2, 0.3, 0.4))).toContain('too unreliable');
    expect(agreementFinding(null)).toMatch(/\?$/);
  });

  it('comes as CSV that no spreadsheet runs', () => {
    const lines = agreementCsv(of(0.7, 0.8, 0.9)).split('\r\n');
    expect(lines[1]).toBe('all (Krippendorff’s alpha),,,,0.8,0.7,0.9');
    expect(lines[2]).toMatch(/^ada,'=bob,9,10,0\.9,/);
  });
});

describe('annotators', () => {
  it('have a row over all and one a class, each with what it was estimated', () => {
    const rows = annotatorRows(quality(annotator()));
    expect(rows.map((row) => row.labelClass?.name ?? 'all')).toEqual(['all', 'good', 'defective']);
    expect(rows.map((row) => row.estimate)).toEqual([0.94, 0.9, 0.98]);
    expect(rows.map((row) => row.mistakenFor?.name ?? null)).toEqual([null, 'defective', null]);
    expect(rows[2]?.right.of).toBe(0);
  });

  it('are told of in a range, with a warning of those surely below the bar', () => {
    const bad = annotator({ annotator_id: 2, over_all: share(10, 20), honeypots: share(8, 20) });
    expect(annotatorFinding(quality(annotator(), bad))).toBe(
      'Annotators are right in 50% to 90% of the answers that could be checked; 1 surely below the bar of 70%',
    );
    expect(annotatorFinding(quality(annotator({ over_all: NONE })))).toMatch(/\?$/);
  });

  it('give the same figures as CSV', () => {
    const [header, all, good] = annotatorsCsv(quality(annotator())).split('\r\n');
    expect(header?.split(',')).toHaveLength(all?.split(',').length ?? 0);
    expect(good).toMatch(/^ada@example\.com,weak,active,50,good,18,20,0\.9,/);
  });
});

describe('the blind study', () => {
  const arm = (right: ShareOut, seconds: number | null) => ({
    answers: 20,
    right,
    followed: right,
    median_seconds: seconds === null ? null : { value: seconds, low: seconds - 1, high: seconds + 1 },
  });
  const study = (verdict: BlindStudyOut['verdict']): BlindStudyOut => ({
    shown: arm(share(16, 20), 12),
    blind: arm(NONE, null),
    more_right: { value: -0.12, low: -0.2, high: -0.04 },
    more_followed: { value: 0.001, low: -0.2, high: 0.2 },
    more_seconds: null,
    verdict,
    sentence: '',
    measured_at: AT,
  });

  it('claims in its title what is certain, and asks otherwise', () => {
    expect(studyTitle(study('helps'))).toContain('help: more');
    expect(studyTitle(study('misleads'))).toContain('mislead: fewer');
    expect(studyTitle(study('cannot_tell'))).toMatch(/\?$/);
    expect(studyTitle(null)).toMatch(/\?$/);
  });

  it('gives each measure with and without, and the difference with its interval', () => {
    const [right, followed, time] = studyMeasures(study('misleads'));
    expect(right?.arms.map((one) => one.figures)).toEqual(['80%, 16 of 20', 'none checked yet']);
    expect(right?.difference).toBe('−12 points (−20 to −4)');
    expect(followed?.difference).toBe('0 points (−20 to +20)');
    expect(time?.arms.map((one) => one.figures)).toEqual(['12 s', '20 answers, too few']);
    expect(time?.difference).toBe('nothing to compare yet');
  });

  it('gives the same figures as CSV', () => {
    const lines = studyCsv(study('misleads')).trim().split('\r\n');
    expect(lines).toHaveLength(10);
    expect(lines[7]).toBe('right,difference,,,-0.12,-0.2,-0.04');
  });
});
