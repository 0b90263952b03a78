import type { PlanOut } from '@/api/types.gen';

type Counts = Pick<PlanOut, 'asked_again' | 'honeypots' | 'blind'>;

/** “2 asked again, 1 honeypot, 3 blind”; null when a round is nothing but new samples. */
export function mixedIn(counts: Counts, plural: (count: number, noun: string) => string): string | null {
  const parts = [
    counts.asked_again > 0 && `${counts.asked_again} asked again`,
    counts.honeypots > 0 && plural(counts.honeypots, 'honeypot'),
    counts.blind > 0 && `${counts.blind} blind`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : null;
}
