import { positiveInteger, type Search } from '@/lib/search';

export interface MyQueueSearch {
  /** The waiting item that is shown large; the next one without it. */
  item?: number;
  page?: number;
}

export function readMyQueueSearch(search: Search): MyQueueSearch {
  return { item: positiveInteger(search.item), page: positiveInteger(search.page) };
}
