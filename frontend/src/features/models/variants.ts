// The forms a version can be served in, in words and figures.
import type { VariantOut, VariantsOut } from '@/api/types.gen';
import { toCsv } from '@/lib/csv';
import { formatNumber, formatShare } from '@/lib/numbers';

export const FORM_NAMES: Record<VariantOut['kind'], string> = {
  full: 'Full',
  fp16: 'Half precision',
  int8: '8-bit integers',
  distilled: 'Distilled',
  distilled_int8: 'Distilled, 8-bit integers',
  cascade: 'Cascade',
};

const MEGA = 1e6;

/** The panel's title: what was found, or the question while nothing is. */
export function headline({ model_number, variants }: VariantsOut): string {
  const full = variants.find((one) => one.kind === 'full');
  const others = variants.filter((one) => one.kind !== 'full');
  if (!full?.per_second || others.length === 0) return `Can v${model_number} be smaller and faster?`;
  const [best] = others
    .filter((one) => one.passed && one.per_second !== null)
    .sort((one, other) => (other.per_second ?? 0) - (one.per_second ?? 0));
  if (!best?.per_second) return `No smaller form of v${model_number} is good enough`;
  const times = best.per_second / full.per_second;
  const name = FORM_NAMES[best.kind];
  if (times < 1.05) return `v${model_number} can be smaller, but not faster on this machine`;
  const size =
    best.size_bytes < full.size_bytes
      ? ` at ${formatShare(best.size_bytes / full.size_bytes)} of the size`
      : '';
  return `${name}: v${model_number} ${formatNumber(times, 1)} times faster${size}`;
}

export function formatSize(bytes: number): string {
  return bytes > 0 ? `${formatNumber(bytes / MEGA, 1)} MB` : '';
}

export function formatMilliseconds(milliseconds: number | null): string {
  if (milliseconds === null) return '';
  return formatNumber(milliseconds, milliseconds < 10 ? 1 : 0);
}

export function variantsCsv(variants: VariantOut[]): string {
  const rows = variants.map((one) => [
    one.kind,
    one.passed ? 'passed' : 'refused',
    one.size_bytes,
    one.latency_ms,
    one.slow_ms,
    one.per_second,
    one.expected_cost?.value ?? null,
    one.expected_cost?.low ?? null,
    one.expected_cost?.high ?? null,
    one.agreement,
    one.share,
    one.recipe,
    one.sentences.join(' '),
  ]);
  return toCsv(
    [
      ...['form', 'verdict', 'bytes', 'median_ms', 'p95_ms', 'pictures_a_second'],
      ...['expected_cost_a_sample', 'cost_low', 'cost_high', 'agreement', 'asked_of_full', 'made_how', 'why'],
    ],
    rows,
  );
}
