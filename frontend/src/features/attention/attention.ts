// In the form that the worker's task describes (workers/tasks/attention.py, trust.py).
import type { Interval } from '@/api/types.gen';

export interface Example {
  sample_id: number;
  name: string;
  width: number;
  height: number;
  picture_url: string;
  heat_url: string;
}

export interface ClassAttention {
  name: string;
  pictures: number;
  border: number;
  corners: number;
  agreement: number;
  others: number;
  inside: number | null;
  area: number | null;
  alarm: string;
  mean_url: string;
  examples: Example[];
}

export interface Attention {
  alarms: string[];
  classes: ClassAttention[];
  even_border: number;
  even_corners: number;
  unread_boxes: number;
}

export interface Trust {
  pictures: number;
  score: Interval;
  over_random: Interval;
  over_centre: Interval;
  alike: number;
  beats_random: boolean;
  depends_on_model: boolean;
  sentences: string[];
}
