import type { JobOut } from '@/api/types.gen';
import { oneOf, positiveInteger, type Search } from '@/lib/search';

export const JOB_STATES = [
  'running',
  'queued',
  'failed',
  'done',
  'cancelled',
] as const satisfies JobOut['state'][];

export interface JobSearch {
  state?: JobOut['state'];
  page?: number;
}

export function readJobSearch(search: Search): JobSearch {
  return { state: oneOf(search.state, JOB_STATES), page: positiveInteger(search.page) };
}
