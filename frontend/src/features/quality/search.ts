// What of the quality page the address holds: what is shown as a table.
import { oneOf, type Search } from '@/lib/search';

const TABLE = ['table'] as const;

export interface QualitySearch {
  agreement?: 'table';
  annotators?: 'table';
  blind?: 'table';
}

export function readQualitySearch(search: Search): QualitySearch {
  return {
    agreement: oneOf(search.agreement, TABLE),
    annotators: oneOf(search.annotators, TABLE),
    blind: oneOf(search.blind, TABLE),
  };
}
