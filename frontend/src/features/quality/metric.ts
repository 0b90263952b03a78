export const METRICS = ['cost', 'precision', 'f1'] as const;

/** What the curve shows: expected cost (lower is better), average precision or macro-F1 (higher is better). */
export type Metric = (typeof METRICS)[number];
