// What the addresses hold of the screens that compose several features.
import { METRICS, type Metric } from '@/features/quality/metric';
import { type QueueSearch, readQueueSearch } from '@/features/queue/search';
import { oneOf, type Search } from '@/lib/search';

export interface LoopSearch extends QueueSearch {
  metric?: Metric;
  view?: 'table';
}

export function readLoopSearch(search: Search): LoopSearch {
  return {
    ...readQueueSearch(search),
    metric: oneOf(search.metric, METRICS),
    view: oneOf(search.view, ['table'] as const),
  };
}
