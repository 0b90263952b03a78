import { positiveInteger, type Search } from '@/lib/search';

/** What of the pool the address holds: the samples' filter and page, and the source whose refusals are open. */
export interface PoolSearch {
  label?: number;
  page?: number;
  source?: number;
  refusals?: number;
}

export function readPoolSearch(search: Search): PoolSearch {
  return {
    label: positiveInteger(search.label),
    page: positiveInteger(search.page),
    source: positiveInteger(search.source),
    refusals: positiveInteger(search.refusals),
  };
}

export interface PoolViewProps {
  search: PoolSearch;
  onSearch: (search: PoolSearch) => void;
}
