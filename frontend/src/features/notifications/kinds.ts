// What people and their programs are told of, in words.
import type { NotificationOut } from '@/api/types.gen';

export type Kind = NotificationOut['kind'];

export const KINDS: Record<Kind, string> = {
  budget_threshold: 'Budget used up to a threshold',
  forecast_over_limit: 'Forecast passes the limit',
  round_needs_approval: 'Round waits for approval',
  owed_for_approval: 'Money owed waits for approval',
  unknown_annotator: 'Answer of somebody unknown',
  annotator_paused: 'Annotator paused',
  run_finished: 'Training run finished',
  wrong_attention: 'Model looks at the wrong thing',
  job_failed: 'Job failed',
  dispute: 'Label disputed',
  round_closed: 'Round closed',
};

export const ALL_KINDS = Object.keys(KINDS) as Kind[];

/** A delivery may also be a test. */
export function kindName(kind: string): string {
  return (KINDS as Record<string, string>)[kind] ?? kind;
}
