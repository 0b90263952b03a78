// What the address holds of a sample's page: whose heatmap is shown.
import { positiveInteger, type Search } from '@/lib/search';

export interface SampleSearch {
  item?: number;
}

export function readSampleSearch(search: Search): SampleSearch {
  return { item: positiveInteger(search.item) };
}
