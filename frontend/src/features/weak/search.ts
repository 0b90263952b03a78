import { oneOf, positiveInteger, type Search } from '@/lib/search';

/** What of the weak labels the address holds: table or bars, and the source whose refusals are open. */
export interface WeakSearch {
  accuracy?: 'table';
  source?: number;
  refusals?: number;
}

export function readWeakSearch(search: Search): WeakSearch {
  return {
    accuracy: oneOf(search.accuracy, ['table'] as const),
    source: positiveInteger(search.source),
    refusals: positiveInteger(search.refusals),
  };
}

export interface WeakViewProps {
  search: WeakSearch;
  onSearch: (search: WeakSearch) => void;
}
