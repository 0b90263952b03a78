// What the address holds of the Inspect page: a version, a method, and samples to look at.
import { positiveInteger, type Search, text } from '@/lib/search';

export interface InspectSearch {
  version?: number;
  method?: string;
  /** Ids, with commas between them. */
  samples?: string;
}

export function readInspectSearch(search: Search): InspectSearch {
  const samples = typeof search.samples === 'number' ? String(search.samples) : text(search.samples);
  return {
    version: positiveInteger(search.version),
    method: text(search.method),
    samples: samples && idsOf(samples).length > 0 ? samples : undefined,
  };
}

export function idsOf(samples: string | undefined): number[] {
  const ids = (samples ?? '').split(',').map((one) => positiveInteger(one.trim()));
  return [...new Set(ids.filter((one) => one !== undefined))];
}

/** On the page of models of one's own: which of them. */
export function readOwnSearch(search: Search): { model?: number; method?: string } {
  return { model: positiveInteger(search.model), method: text(search.method) };
}
