import { oneOf, positiveInteger, type Search } from '@/lib/search';
import { type Action, ALL_ACTIONS } from './actions';

export interface ActivitySearch {
  action?: Action;
  by?: number;
  page?: number;
}

export function readActivitySearch(search: Search): ActivitySearch {
  return {
    action: oneOf(search.action, ALL_ACTIONS),
    by: positiveInteger(search.by),
    page: positiveInteger(search.page),
  };
}
