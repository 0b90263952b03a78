// What is known of weak sources, in words and rows.
import type { LabelClassOut, ShareOut, WeakLabelsOut, WeakSourceOut } from '@/api/types.gen';
import { toCsv } from '@/lib/csv';
import { formatShare, plural } from '@/lib/numbers';
import { KINDS } from '@/lib/weak';

/** A source over all, or one class that it names. */
export interface AccuracyRow {
  key: string;
  source: WeakSourceOut;
  /** Null over all. */
  labelClass: LabelClassOut | null;
  named: number;
  right: ShareOut;
  estimate: number;
}

export function accuracyRows(sources: WeakSourceOut[]): AccuracyRow[] {
  return sources.flatMap((source) => {
    const { judged } = source;
    if (!judged) return [];
    const overAll = {
      key: `${source.id}`,
      source,
      labelClass: null,
      named: source.labeled,
      right: judged.right,
      estimate: judged.estimate,
    };
    const classes = judged.classes.map((one) => ({
      key: `${source.id}-${one.label_class.id}`,
      source,
      labelClass: one.label_class,
      named: one.named,
      right: one.right,
      estimate: one.estimate,
    }));
    return [overAll, ...classes.filter((row) => row.named > 0)];
  });
}

/** What the sources amount to, as the title of the page's first panel. */
export function coverageFinding({ pool, sources, together }: WeakLabelsOut): string {
  if (sources.length === 0) return 'No weak labels yet';
  if (!together) return 'No source counts yet';
  const who = together.sources === 1 ? 'One source labels' : `${together.sources} sources label`;
  const conflict =
    together.sources > 1
      ? `, and conflict on ${formatShare(together.conflicting / Math.max(together.samples, 1))} of that`
      : '';
  return `${who} ${formatShare(together.samples / Math.max(pool, 1))} of the pool${conflict}`;
}

/** Whether the claims hold, as the title of the chart. */
export function accuracyFinding(sources: WeakSourceOut[]): string {
  const contradicting = sources.filter((one) => one.judged?.contradicts).map((one) => one.name);
  if (contradicting.length > 0) {
    return `${contradicting.join(', ')}: right less often than chance, and counts for nothing`;
  }
  const checked = sources.filter((one) => (one.judged?.right.of ?? 0) > 0);
  if (checked.length === 0) return 'How right are they? No expert has labeled the same samples yet';
  const below = checked.filter((one) => (one.judged?.right.share?.high ?? 1) < one.claimed_accuracy);
  return below.length > 0
    ? `${below.map((one) => one.name).join(', ')}: right less often than claimed`
    : `${plural(checked.length, 'source')} checked against experts: no claim is refuted`;
}

/** Why a source does or does not count. */
export function standing({ enabled, labeled, judged, state }: WeakSourceOut): string {
  if (state === 'failed') return labeled > 0 ? 'failed, its labels of before count' : 'failed';
  if (state !== 'done') return 'being run';
  if (!enabled) return 'switched off';
  if (judged?.contradicts) return 'contradicts the experts, counts for nothing';
  if (labeled === 0) return 'labels nothing';
  return judged?.counts ? 'counts' : 'being weighed';
}

export function accuracyCsv(rows: AccuracyRow[]): string {
  const header = [
    ...['source', 'kind', 'class', 'labels', 'claimed accuracy', 'checked', 'right', 'share right'],
    ...['low (95%)', 'high (95%)', 'estimated accuracy', 'shared with others', 'conflicting'],
  ];
  return toCsv(
    header,
    rows.map(({ source, labelClass, named, right, estimate }) => [
      source.name,
      KINDS[source.kind],
      labelClass?.name ?? 'all',
      named,
      source.claimed_accuracy,
      right.of,
      right.right,
      right.share?.value ?? null,
      right.share?.low ?? null,
      right.share?.high ?? null,
      estimate,
      labelClass ? null : (source.judged?.shared ?? null),
      labelClass ? null : (source.judged?.conflicting ?? null),
    ]),
  );
}
