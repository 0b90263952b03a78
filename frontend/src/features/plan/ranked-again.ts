import type { RerankingOut } from '@/api/types.gen';
import { formatMoney } from '@/lib/money';
import { plural } from '@/lib/numbers';

/** “Ranked again under version 3: 12 samples refreshed, 4 outbid, $4.00 released.” */
export function rankedAgain(
  { model_number, refreshed, outbid, released }: RerankingOut,
  currency: string,
): string {
  const gone = outbid > 0 ? `${outbid} outbid, ${formatMoney(released, currency)} released` : 'none outbid';
  return `Ranked again under version ${model_number}: ${plural(refreshed, 'sample')} refreshed, ${gone}.`;
}
