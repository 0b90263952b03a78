// What of the queue the address holds: filters, page and the open item.
import type { ListQueueData } from '@/api/types.gen';
import { oneOf, positiveInteger, type Search, text } from '@/lib/search';

/** `waiting` is reserved or sent: whatever an expert may still answer. */
export type StateFilter = NonNullable<NonNullable<ListQueueData['query']>['state']>;

export const ITEM_STATES: Record<StateFilter, string> = {
  waiting: 'waiting',
  planned: 'planned',
  reserved: 'reserved',
  sent: 'with experts',
  answered: 'answered',
  skipped: 'skipped',
  withdrawn: 'withdrawn',
};

export const PAGE_SIZE = 60;

export interface QueueSearch {
  round?: number;
  state?: StateFilter;
  strategy?: string;
  page?: number;
  item?: number;
}

export function readQueueSearch(search: Search): QueueSearch {
  return {
    round: positiveInteger(search.round),
    state: oneOf(search.state, Object.keys(ITEM_STATES) as StateFilter[]),
    strategy: text(search.strategy),
    page: positiveInteger(search.page),
    item: positiveInteger(search.item),
  };
}

/** The query that the API answers for these filters. */
export function queueQuery(projectId: number, { round, state, strategy, page = 1 }: QueueSearch) {
  return {
    path: { project_id: projectId },
    query: { round, state, strategy, offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE },
  };
}
