// How an answer's lead time is paid: the measured time, or what cut it. Both are always kept.
import { formatDuration } from '@/lib/time';

const REASONS: Record<string, string> = {
  rate_cap: 'cut to the rate’s cap',
  median_cap: 'cut to so many medians of the tier',
  expected: 'not measured, so the expected time',
};

interface Timed {
  lead_seconds: number | null;
  paid_seconds: number | null;
}

/** `36 s`, or `2 min paid of 14 min` where less is paid than was measured. */
export function paidTime({ lead_seconds, paid_seconds }: Timed): string {
  if (lead_seconds === null) return paid_seconds ? formatDuration(paid_seconds) : '';
  const measured = formatDuration(lead_seconds);
  if (paid_seconds === null || formatDuration(paid_seconds) === measured) return measured;
  return `${formatDuration(paid_seconds)} paid of ${measured}`;
}

export function timingReason(timing: string): string | null {
  return REASONS[timing] ?? null;
}
