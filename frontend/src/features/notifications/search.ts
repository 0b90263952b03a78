import { oneOf, positiveInteger, type Search } from '@/lib/search';
import { ALL_KINDS, type Kind } from './kinds';

export interface NotificationSearch {
  only?: 'unread';
  kind?: Kind;
  page?: number;
  /** The webhook whose delivery log is open, and its page. */
  webhook?: number;
  deliveries?: number;
}

export function readNotificationSearch(search: Search): NotificationSearch {
  return {
    only: oneOf(search.only, ['unread'] as const),
    kind: oneOf(search.kind, ALL_KINDS),
    page: positiveInteger(search.page),
    webhook: positiveInteger(search.webhook),
    deliveries: positiveInteger(search.deliveries),
  };
}

export interface NotificationViewProps {
  projectId: number;
  search: NotificationSearch;
  onSearch: (search: NotificationSearch) => void;
}
