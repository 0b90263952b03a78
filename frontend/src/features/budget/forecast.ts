// What more money is expected to buy: in words, as rows and CSV. Pure functions of the API's answer.
// Costs are shown for 1,000 samples; bands are P10, P50 and P90.
import type { CostBand, ForecastOut, Interval, MoneyBand, SavingsOut } from '@/api/types.gen';
import { COST_UNIT } from '@/lib/cost';
import { toCsv } from '@/lib/csv';
import { formatMoneyEstimate, formatMoneyRounded, formatMoneyShort } from '@/lib/money';
import { formatShare, plural } from '@/lib/numbers';

const BEYOND = 'more than the forecast can say';

export function perThousandBand({ p10, p50, p90 }: CostBand): Interval {
  return { value: p50 * 1000, low: p10 * 1000, high: p90 * 1000 };
}

/** `$410 ($350 to $620)`, to the digits that its width earns; an end that is not known is said to be so. */
export function moneyBandText(band: MoneyBand, currency: string): string {
  const [p10, p50, p90] = [band.p10, band.p50, band.p90].map((one) => (one === null ? null : Number(one)));
  if (p50 == null) return p10 == null ? BEYOND : `${BEYOND}, at least ${formatMoneyRounded(p10, currency)}`;
  const below = p50 - (p10 ?? p50);
  const spread = p90 == null ? below : (p90 - p50 + below) / 2;
  const money = (value: number) =>
    formatMoneyEstimate({ value, low: value - spread, high: value + spread }, currency);
  return `${money(p50)} (${p10 == null ? 'unknown' : money(p10)} to ${p90 == null ? BEYOND : money(p90)})`;
}

/** The same of a cost: `$410 ($350 to $620)`, to the digits that its width earns. */
export function costBandText(band: CostBand, currency: string): string {
  const interval = perThousandBand(band);
  const money = (value: number) => formatMoneyEstimate({ ...interval, value }, currency);
  return `${money(interval.value)} (${money(interval.low)} to ${money(interval.high)})`;
}

interface FanRow extends CostBand {
  spent: string;
}

/** What a fan says at an amount between two of its rows; null outside. */
export function fanAt(fan: FanRow[], money: number): CostBand | null {
  const right = fan.findIndex((row) => Number(row.spent) >= money);
  const [after, before] = [fan[right], fan[Math.max(right - 1, 0)]];
  if (!after || !before || Number(before.spent) > money) return null;
  const width = Number(after.spent) - Number(before.spent);
  const share = width > 0 ? (money - Number(before.spent)) / width : 0;
  const between = (from: number, to: number) => from + share * (to - from);
  return {
    p10: between(before.p10, after.p10),
    p50: between(before.p50, after.p50),
    p90: between(before.p90, after.p90),
  };
}

/** The title of the fan: when the target is reached, or where the present limit leads. */
export function forecastFinding(forecast: ForecastOut): string {
  const { currency, to_target, target_reached, target_cost, limit } = forecast;
  if (target_reached && target_cost !== null) {
    return `The target of ${targetText(target_cost, currency)} is reached`;
  }
  if (to_target) {
    const target = targetText(to_target.target, currency);
    return `${target} is expected after ${moneyBandText(to_target.total, currency)}`;
  }
  const there = fanAt(forecast.active.fan, Number(limit));
  if (!there) return 'What will the next money buy?';
  return `The whole ${formatMoneyShort(limit, currency)} is expected to lead to ${costBandText(there, currency)} ${COST_UNIT}`;
}

export function targetText(target: string, currency: string): string {
  return `${formatMoneyShort(Number((Number(target) * 1000).toFixed(4)), currency)} ${COST_UNIT}`;
}

export function forecastAsText(forecast: ForecastOut): string {
  const { currency, active } = forecast;
  const rows = active.fan.map(
    (row) =>
      `After ${formatMoneyRounded(Number(row.spent), currency)}: ${costBandText(row, currency)} ${COST_UNIT}.`,
  );
  return `${forecastFinding(forecast)}. ${rows.join(' ')}`;
}

export function fanCsv({ active, control }: ForecastOut): string {
  const rows = (arm: string, { points, fan }: ForecastOut['active']) => [
    ...points.map(({ spent, expected_cost: { value, low, high } }) => [
      ...[arm, 'measured', Number(spent)],
      ...[low * 1000, value * 1000, high * 1000],
    ]),
    ...fan.map((row) => [
      ...[arm, 'forecast', Number(row.spent)],
      ...[row.p10 * 1000, row.p50 * 1000, row.p90 * 1000],
    ]),
  ];
  return toCsv(
    ['arm', 'kind', 'spent', 'cost_per_1000_low', 'cost_per_1000', 'cost_per_1000_high'],
    [...rows('active', active), ...rows('random control', control)],
  );
}

/** The title about savings: no more certain than its band. */
export function savingsFinding(savings: SavingsOut, currency: string): string {
  const { p10, p50 } = savings.saved;
  if (p50 === null) return 'By chance, this quality would have cost more than can be said';
  const amount = Number(p50);
  const certain = p10 !== null && Number(p10) > 0;
  if (amount <= 0) return 'Learning actively has saved nothing so far, as far as can be seen';
  const money = moneyBandText(savings.saved, currency);
  return certain ? `Learning actively saved ${money}` : `Learning actively may have saved ${money}`;
}

/** How often forecasts held; nothing is claimed of none. */
export function calibrationFinding({ rows, inside, share }: ForecastOut['calibration']): string {
  if (share === null || rows.length === 0) return 'Did earlier forecasts hold?';
  const held = `${inside} of ${plural(rows.length, 'earlier forecast')} held`;
  return `${held}, ${formatShare(share)}; P10 to P90 should hold about 80%`;
}

export function calibrationCsv({ rows }: ForecastOut['calibration']): string {
  return toCsv(
    ['made_at_version', 'of_version', 'spent', 'p10', 'p50', 'p90', 'measured', 'inside'],
    rows.map(({ made_at_model, model_number, spent, forecast, measured, inside }) => [
      ...[made_at_model, model_number, Number(spent)],
      ...[forecast.p10 * 1000, forecast.p50 * 1000, forecast.p90 * 1000, measured * 1000],
      inside ? 'yes' : 'no',
    ]),
  );
}
