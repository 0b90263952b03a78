// In the form that the worker's task describes (workers/tasks/attention.py).
export interface Example {
  sample_id: number;
  name: string;
  width: number;
  height: number;
  picture_url: string;
  heat_url: string;
}

export interface Spot {
  left: number;
  top: number;
  right: number;
  bottom: number;
  fall: number;
  elsewhere: number;
  place: string;
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
  /** Where the heat of the class is more than that of others, in shares of the sides. */
  spot: Spot | null;
  alarm: string;
  mean_url: string;
  examples: Example[];
}

export interface Attention {
  alarms: string[];
  classes: ClassAttention[];
  even_border: number;
  even_corners: number;
  unread_regions: number;
}
