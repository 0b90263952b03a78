// How far the answers can be trusted: findings in words, rows of figures, and the same as CSV. Pure functions.
import type {
  AgreementOut,
  AnnotatorQualityOut,
  ArmOut,
  BlindStudyOut,
  Interval,
  LabelClassOut,
  PairOut,
  QualityOut,
  ShareOut,
} from '@/api/types.gen';
import { toCsv } from '@/lib/csv';
import { formatEstimate, formatNumber, formatShare, plural } from '@/lib/numbers';
import { ofAll } from '@/lib/shares';
import { formatDuration } from '@/lib/time';

function ends(interval: Interval | null): (number | null)[] {
  return interval ? [interval.value, interval.low, interval.high] : [null, null, null];
}

// --- agreement

/** Krippendorff's own reading: from 0.8 on reliable, below 0.667 not (Krippendorff, 2004). */
export function agreementFinding(agreement: AgreementOut | null): string {
  const alpha = agreement?.alpha;
  if (!alpha) return 'How far do the annotators agree?';
  const reading =
    alpha.low >= 0.8 ? 'reliable answers' : alpha.high < 0.667 ? 'answers too unreliable to rest on' : null;
  const figure = `Agreement beyond chance is ${formatEstimate(alpha)}`;
  return reading ? `${figure}: ${reading}` : figure;
}

/** The pairs that met most often first. */
export function pairsByOverlap(pairs: PairOut[]): PairOut[] {
  return [...pairs].sort((one, other) => other.same.of - one.same.of);
}

export function agreementCsv({ alpha, pairs }: AgreementOut): string {
  const header = ['annotator', 'other', 'same', 'of', 'share', 'low', 'high'];
  return toCsv(header, [
    ['all (Krippendorff’s alpha)', '', null, null, ...ends(alpha)],
    ...pairs.map(({ one, other, same }) => [one, other, same.right, same.of, ...ends(same.share)]),
  ]);
}

// --- annotators

export interface AnnotatorRow {
  key: string;
  annotator: AnnotatorQualityOut;
  /** Null for all classes together. */
  labelClass: LabelClassOut | null;
  right: ShareOut;
  /** From all answers together; over all, the mean of the classes. */
  estimate: number | null;
  /** Whichever class they name most often where this one is true, if they do so in 1 of 20. */
  mistakenFor: LabelClassOut | null;
}

/** One row an annotator, followed by one a class. */
export function annotatorRows({ annotators, classes }: Pick<QualityOut, 'annotators' | 'classes'>) {
  return annotators.flatMap((annotator): AnnotatorRow[] => {
    const diagonal = classes.map((_, place) => annotator.confusion[place]?.[place] ?? Number.NaN);
    const mean = diagonal.reduce((sum, one) => sum + one, 0) / classes.length;
    const all: AnnotatorRow = {
      key: String(annotator.annotator_id),
      annotator,
      labelClass: null,
      right: annotator.over_all,
      estimate: Number.isFinite(mean) ? mean : null,
      mistakenFor: null,
    };
    const each = classes.map((labelClass, place): AnnotatorRow => {
      const estimate = diagonal[place] ?? Number.NaN;
      return {
        key: `${annotator.annotator_id}-${labelClass.id}`,
        annotator,
        labelClass,
        right: annotator.of_classes[place] ?? { right: 0, of: 0, share: null },
        estimate: Number.isFinite(estimate) ? estimate : null,
        mistakenFor: likeliestMistake(annotator.confusion[place] ?? [], place, classes),
      };
    });
    return [all, ...each];
  });
}

function likeliestMistake(said: number[], truth: number, classes: LabelClassOut[]): LabelClassOut | null {
  const wrong = said.map((share, place) => (place === truth ? 0 : share));
  const most = Math.max(0, ...wrong);
  return most >= 0.05 ? (classes[wrong.indexOf(most)] ?? null) : null;
}

/** Those whose interval lies wholly under the bar. */
export function belowBar(annotators: AnnotatorQualityOut[], bar: number): AnnotatorQualityOut[] {
  return annotators.filter(({ honeypots }) => honeypots.share && honeypots.share.high < bar);
}

export function annotatorFinding({ annotators, honeypot_bar: bar }: QualityOut): string {
  const judged = annotators.filter((one) => one.over_all.of > 0);
  if (judged.length === 0) return 'How good are the annotators?';
  const shares = judged.flatMap((one) => (one.over_all.share ? [one.over_all.share.value] : []));
  const [least, most] = [Math.min(...shares), Math.max(...shares)];
  const range = least === most ? formatShare(least) : `${formatShare(least)} to ${formatShare(most)}`;
  const below = belowBar(annotators, bar).length;
  const warning = below > 0 ? `; ${below} surely below the bar of ${formatShare(bar)}` : '';
  return `Annotators are right in ${range} of the answers that could be checked${warning}`;
}

export function annotatorsCsv(quality: QualityOut): string {
  const header = ['annotator', 'tier', 'state', 'answers', 'class', 'right', 'of', 'share', 'low', 'high'];
  header.push('estimated_from_all_answers', 'honeypots_right', 'honeypots');
  return toCsv(
    header,
    annotatorRows(quality).map(({ annotator, labelClass, right, estimate }) => [
      ...[annotator.annotator, annotator.tier, annotator.state, annotator.answers, labelClass?.name ?? 'all'],
      ...[right.right, right.of, ...ends(right.share), estimate],
      ...(labelClass ? [null, null] : [annotator.honeypots.right, annotator.honeypots.of]),
    ]),
  );
}

// --- the blind study

export interface StudyMeasure {
  name: string;
  arms: { name: string; interval: Interval | null; figures: string }[];
  /** With the model's opinion, minus without. */
  difference: string;
}

export function studyMeasures({ shown, blind, ...differences }: BlindStudyOut): StudyMeasure[] {
  const both = (figures: (arm: ArmOut) => { interval: Interval | null; figures: string }) => [
    { name: 'with it', ...figures(shown) },
    { name: 'without', ...figures(blind) },
  ];
  const counted = (share: ShareOut) => ({ interval: share.share, figures: shareFigures(share) });
  return [
    { name: 'Right', arms: both((arm) => counted(arm.right)), difference: points(differences.more_right) },
    {
      name: 'Says what the model says',
      arms: both((arm) => counted(arm.followed)),
      difference: points(differences.more_followed),
    },
    {
      name: 'Median time',
      arms: both(({ median_seconds: time, answers }) => ({
        interval: time,
        figures: time ? formatDuration(time.value) : `${plural(answers, 'answer')}, too few`,
      })),
      difference: seconds(differences.more_seconds),
    },
  ];
}

function shareFigures(share: ShareOut): string {
  return share.of === 0 ? 'none checked yet' : `${formatShare(share.share?.value ?? 0)}, ${ofAll(share)}`;
}

function signed(value: number, decimals: number): string {
  const text = formatNumber(Math.abs(value), decimals);
  return Number(text.replaceAll(',', '')) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}

function points(interval: Interval | null): string {
  if (!interval) return 'nothing to compare yet';
  const [value, low, high] = [interval.value, interval.low, interval.high].map((one) => signed(100 * one, 0));
  return `${value} points (${low} to ${high})`;
}

function seconds(interval: Interval | null): string {
  if (!interval) return 'nothing to compare yet';
  const [value, low, high] = [interval.value, interval.low, interval.high].map((one) => signed(one, 1));
  return `${value} s (${low} to ${high})`;
}

export function studyTitle(study: BlindStudyOut | null): string {
  if (study?.verdict === 'helps') return 'The heatmap and prediction help: more answers are right with them';
  if (study?.verdict === 'misleads')
    return 'The heatmap and prediction mislead: fewer answers are right with them';
  return 'Does the heatmap help or mislead?';
}

export function studyCsv({ shown, blind, more_right, more_followed, more_seconds }: BlindStudyOut): string {
  const header = ['measure', 'arm', 'count', 'of', 'value', 'low', 'high'];
  const arm = (name: string, { right, followed, median_seconds, answers }: ArmOut) => [
    ['right', name, right.right, right.of, ...ends(right.share)],
    ['says what the model says', name, followed.right, followed.of, ...ends(followed.share)],
    ['median seconds', name, answers, null, ...ends(median_seconds)],
  ];
  return toCsv(header, [
    ...arm('with', shown),
    ...arm('without', blind),
    ['right', 'difference', null, null, ...ends(more_right)],
    ['says what the model says', 'difference', null, null, ...ends(more_followed)],
    ['median seconds', 'difference', null, null, ...ends(more_seconds)],
  ]);
}
