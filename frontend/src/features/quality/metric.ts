export const METRICS = ['cost', 'precision'] as const;

/** What the curve shows: expected cost (lower is better) or average precision (higher is better). */
export type Metric = (typeof METRICS)[number];
