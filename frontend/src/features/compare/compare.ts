// In the form that the worker's task describes (workers/tasks/versions.py).
import type { Interval } from '@/api/types.gen';
import { positiveInteger, type Search } from '@/lib/search';

export interface Flip {
  sample_id: number;
  name: string;
  width: number;
  height: number;
  picture_url: string;
  label: number;
  before: number;
  after: number;
  saved: number;
  heat_url: string;
  other_heat_url: string;
  difference_url: string;
}

export interface Gain {
  name: string;
  size: number;
  difference: Interval;
}

export interface Near {
  sample_id: number;
  name: string;
  width: number;
  height: number;
  picture_url: string;
  label: number;
  distance: number;
  fixed: number;
}

export interface Measure {
  name: string;
  better: 'lower' | 'higher';
  before: Interval;
  after: Interval;
  difference: Interval;
}

export interface Comparison {
  currency: string;
  classes: string[];
  other: number;
  size: number;
  sentence: string;
  metrics: Measure[];
  fixed: Flip[];
  broken: Flip[];
  more: number;
  classes_gained: Gain[];
  slices_gained: Gain[];
  changed: { name: string; before: string; after: string }[];
  added: Record<string, number>;
  removed: Record<string, number>;
  near_fixed: Near[];
}

/** On the Compare page: the other version. */
export function readCompareSearch(search: Search): { with?: number } {
  return { with: positiveInteger(search.with) };
}

/** Surely better, surely worse, or neither: by the interval of the difference. */
export function verdictOf({ better, difference }: Measure): 'better' | 'worse' | 'unsure' {
  if (difference.low <= 0 && difference.high >= 0) return 'unsure';
  return difference.value < 0 === (better === 'lower') ? 'better' : 'worse';
}
