// What a sample's figures say in words.
import type { AskedOut, SampleAnswerOut, SampleDetailOut } from '@/api/types.gen';
import { formatShare, plural } from '@/lib/numbers';
import { formatDuration } from '@/lib/time';

type Labeled = Pick<SampleDetailOut, 'label' | 'answers' | 'asked' | 'skipped'>;

/** Why the label is what it is, or why there is none. */
export function labelReason({ label, answers, asked, skipped }: Labeled): string {
  if (!label) {
    if (asked.some(({ state }) => state === 'planned')) return 'Its round waits for a manager’s approval.';
    if (asked.some(({ state }) => state === 'reserved' || state === 'sent')) return 'It waits for an answer.';
    if (skipped) return 'Whoever was asked could not say; it is not asked again.';
    return asked.length > 0 ? 'No answer holds; it may be asked again.' : 'Nobody has been asked yet.';
  }
  const counted = answers.filter((answer) => answer.counts);
  const agreeing = counted.filter((answer) => answer.label?.id === label.label.id);
  if (label.correction) {
    const said = `${label.correction.by} corrected it`;
    if (counted.length === 0) return `${said}; nobody has answered.`;
    if (counted.length === 1)
      return `${said}; the only answer says ${agreeing.length ? 'the same' : 'otherwise'}.`;
    return `${said}; ${agreeing.length} of ${plural(counted.length, 'annotator')} say the same.`;
  }
  if (label.answers === 1)
    return agreeing[0] ? `The only answer, by ${agreeing[0].annotator}.` : 'The only answer.';
  const count = `${agreeing.length} of ${plural(label.answers, 'annotator')} say so`;
  if (label.quality === null) return `${count}; who said it has not been weighed yet.`;
  return `${count}; weighed by how often each is right, that is ${formatShare(label.quality)} sure.`;
}

/** The item whose heatmap is shown: the one asked for, else the newest that has one. */
export function itemWithHeat(asked: AskedOut[], wanted: number | undefined): AskedOut | undefined {
  const drawn = asked.filter((item) => item.heat_url !== null);
  return drawn.find((item) => item.id === wanted) ?? drawn.at(-1);
}

type Timed = Pick<SampleAnswerOut, 'seconds' | 'paid_seconds' | 'timing' | 'timing_says' | 'price'>;

/** How long an answer took, and how much of that is paid when it is not all. */
export function answerTime({ seconds, paid_seconds, timing, timing_says, price }: Timed): {
  took: string;
  why: string | null;
} {
  const took = seconds === null ? 'not measured' : formatDuration(seconds);
  if (timing === 'measured' || Number(price) === 0) return { took, why: null };
  return { took, why: `${formatDuration(paid_seconds)} paid: ${timing_says}` };
}

/** What an answer said before, in order, when it was changed: `good → skipped → defective`. */
export function answerChanges({ revisions }: Pick<SampleAnswerOut, 'revisions'>): string | null {
  const said = revisions.map(({ label, skipped }) => (skipped ? 'skipped' : (label?.name ?? '')));
  const steps = said.filter((one, index) => one !== said[index - 1]);
  return steps.length > 1 ? steps.join(' → ') : null;
}

/** Which class a digit chooses, by its place from 1. */
export function classOfKey<T>(key: string, classes: T[]): T | undefined {
  return /^[1-9]$/.test(key) ? classes[Number(key) - 1] : undefined;
}
