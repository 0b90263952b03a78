import { Badge } from '@mantine/core';
import type { Interval } from '@/api/types.gen';

/** How far a method's maps can be trusted on a version, as a report tells it (workers/tasks/trust.py). */
export interface Trust {
  pictures: number;
  score: Interval;
  deletion: number;
  insertion: number;
  over_random: Interval;
  over_centre: Interval;
  alike: number;
  beats_random: boolean;
  depends_on_model: boolean;
  sentences: string[];
}

/** The verdict on a method, in a few words; the sentences are on its title. */
export function TrustMark({ trust }: { trust: Trust }) {
  const [color, words] = verdictOf(trust);
  return (
    <Badge color={color} variant="light" title={trust.sentences.join(' ')} data-testid="trust-mark">
      {words}
    </Badge>
  );
}

export function verdictOf(trust: Trust): [color: string, words: string] {
  if (!trust.beats_random) return ['red', 'no better than chance'];
  if (!trust.depends_on_model) return ['yellow', 'hardly depends on the model'];
  if (trust.over_centre.low <= 0) return ['yellow', 'no better than the middle'];
  return ['green', 'follows the model'];
}
