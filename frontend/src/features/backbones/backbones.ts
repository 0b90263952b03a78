// The model zoo of a project, in words and figures. Pure functions.
import type { ProbeOut, ZooBackboneOut, ZooOut } from '@/api/types.gen';
import { toCsv } from '@/lib/csv';
import { formatCount, formatNumber, plural } from '@/lib/numbers';
import { formatDuration } from '@/lib/time';

export interface ZooRow {
  backbone: ZooBackboneOut;
  /** How it did on the labels at hand; null where it was not tried. */
  probe: ProbeOut | null;
  /** Why it was not. */
  reason: string | null;
}

/** The panel's title: what was found, or the question while nothing is. */
export function headline(zoo: ZooOut): string {
  return zoo.comparison?.sentence ?? 'Which backbone suits this pool?';
}

export function zooRows({ backbones, comparison }: ZooOut): ZooRow[] {
  return backbones.map((backbone) => ({
    backbone,
    probe: comparison?.rows.find((one) => one.name === backbone.name) ?? null,
    reason: comparison?.left_out.find((one) => one.name === backbone.name)?.reason ?? null,
  }));
}

/** What it is, in a line. */
export function describe({ size, parameters, embedding_width, origin, licence }: ZooBackboneOut): string {
  return `${size} × ${size} px, ${formatNumber(parameters, 1)} million parameters, ${formatCount(embedding_width)} features. ${origin}, ${licence}.`;
}

/** What has changed since the comparison: it was made for another backbone in use. */
export function isOld({ backbones, comparison }: ZooOut): boolean {
  return comparison !== null && !backbones.some((one) => one.chosen && one.name === comparison.current);
}

/** How long the workers take to embed the pool, as far as that is known. */
export function effortSentence({
  to_embed,
  embed_seconds,
  with_decoding,
  per_second,
}: ZooBackboneOut): string {
  if (to_embed === 0) return 'The pool is embedded under it already.';
  const samples = plural(to_embed, 'sample');
  if (embed_seconds === null) {
    return `${samples} have to be embedded; how long that takes was not measured here yet. Comparing the backbones measures it.`;
  }
  const rate = to_embed / embed_seconds;
  const speed = `${formatRate(rate)} pictures a second measured here`;
  if (with_decoding)
    return `${samples} have to be embedded: about ${formatDuration(embed_seconds)} at the ${speed}.`;
  return `${samples} have to be embedded: at least ${formatDuration(embed_seconds)} at the ${speed}${
    per_second === null ? '' : ', without the time to decode them'
  }.`;
}

export function formatRate(perSecond: number): string {
  return formatNumber(perSecond, perSecond < 10 ? 1 : 0);
}

/** What happens to the champion when another backbone is chosen. */
export function servingSentence({ champion }: ZooOut): string {
  if (champion === null) return 'There is no champion yet: the first version is trained on it.';
  return `v${champion} goes on serving. Once the pool is embedded, one training run tries the labels at hand on it, and its version serves if it passes the gate.`;
}

export function switchSentence({ champion, serving, switch: to }: ZooOut): string | null {
  if (!to) return null;
  const stands = `v${champion} serves on ${serving} until a version on ${to.name} is promoted.`;
  if (to.embedded < to.samples) {
    return `${stands} ${formatCount(to.embedded)} of ${formatCount(to.samples)} samples are embedded under ${to.name}.`;
  }
  return `${stands} The pool is embedded under it.`;
}

export function zooCsv(zoo: ZooOut): string {
  const rows = zooRows(zoo).map(({ backbone: one, probe, reason }) => [
    one.name,
    one.chosen ? 'in use' : '',
    one.origin,
    one.licence,
    one.size,
    one.embedding_width,
    one.parameters,
    one.per_second,
    one.latency_ms,
    probe?.per_second ?? null,
    ...bounds(probe?.expected_cost),
    ...bounds(probe?.average_precision),
    ...bounds(probe?.difference),
    reason ?? '',
  ]);
  return toCsv(
    [
      ...['backbone', 'state', 'origin', 'licence', 'pixels_a_side', 'embedding_width', 'million_parameters'],
      ...['inference_a_second', 'median_ms', 'decoded_and_embedded_a_second'],
      ...['expected_cost_a_sample', 'cost_low', 'cost_high'],
      ...['average_precision', 'precision_low', 'precision_high'],
      ...['difference_a_sample', 'difference_low', 'difference_high', 'left_out'],
    ],
    rows,
  );
}

function bounds(interval: ProbeOut['difference'] | undefined): (number | null)[] {
  return interval ? [interval.value, interval.low, interval.high] : [null, null, null];
}
