// How people's rows are worded. Pure functions.
import type { AnnotatorOut, MemberOut, RateOut, TierOut } from '@/api/types.gen';
import type { Permission } from '@/hooks/use-may';
import { formatMoney } from '@/lib/money';
import { formatNumber, plural } from '@/lib/numbers';

export type Role = MemberOut['role'];
export type TierKind = TierOut['kind'];

export const ROLES: Record<Role, string> = {
  owner: 'everything, and who else is an owner or a manager',
  manager: 'runs the project: its loop, its money, its annotators and viewers',
  annotator: 'labels: their own queue and answers, nothing else',
  viewer: 'sees everything and changes nothing',
};

export const TIERS: Record<TierKind, string> = {
  expert: 'knows best and costs most',
  weak: 'cheaper and less sure',
  crowd: 'many hands, cheapest',
  program: 'answers by itself',
};

export const ALL_ROLES = Object.keys(ROLES) as Role[];
export const ALL_TIERS = Object.keys(TIERS) as TierKind[];

const LEADING: ReadonlySet<Role> = new Set(['owner', 'manager']);

/** The roles that one may give to somebody, or take from them. */
export function rolesToGive(permissions: readonly Permission[]): Role[] {
  if (!permissions.includes('manage_people')) return [];
  return permissions.includes('appoint') ? ALL_ROLES : ALL_ROLES.filter((role) => !LEADING.has(role));
}

/** `$25.00 an hour`, `$0.50 a label`. */
export function rateWords(rate: RateOut | null, currency: string): string {
  if (!rate) return 'no rate';
  return `${formatMoney(rate.amount, currency)} ${rate.kind === 'hourly' ? 'an hour' : 'a label'}`;
}

/** `0.95` as `95%`, `0.985` as `98.5%`: what somebody typed keeps its digits. */
export function accuracyWords(share: number): string {
  return `${Number(formatNumber(share * 100, 2))}%`;
}

/** Why some answers of an annotator are charged to nobody, if they are. */
export function unpricedWords({ unpriced, tier }: Pick<AnnotatorOut, 'unpriced' | 'tier'>): string | null {
  if (unpriced === 0) return null;
  const answers = plural(unpriced, 'answer');
  const wait = unpriced === 1 ? 'waits' : 'wait';
  return tier ? `${answers} ${wait} for a rate of the ${tier} tier` : `${answers} ${wait} for a tier`;
}

/** What assigning would cost; a tier without a rate charges nothing yet. */
export function assigningWords(answers: number, amount: string, currency: string): string {
  if (answers === 0) return 'Nothing is charged now; what they answer from now on is.';
  return `Charges ${formatMoney(amount, currency)} for ${plural(answers, 'answer')} that nobody was charged for yet.`;
}
