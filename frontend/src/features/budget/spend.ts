// Where the money went, in groups: names, bars, sums and CSV. Pure functions of the API's answer.
import type { ListSpendData, SpendOut } from '@/api/types.gen';
import { toCsv } from '@/lib/csv';
import { formatMoney, formatMoneyRounded } from '@/lib/money';
import { formatShare, plural } from '@/lib/numbers';

export type By = ListSpendData['query']['by'];

export const BY: Record<By, string> = {
  tier: 'Tier',
  annotator: 'Annotator',
  class: 'Class',
  strategy: 'Strategy',
  round: 'Round',
};

export interface SpendRow {
  name: string;
  labels: number;
  minutes: number;
  spent: number;
  owed: number;
  held: number;
  /** Money spent for each label; null where none was given. */
  each: number | null;
  share: number;
}

/** Rounds in their order, everything else the dearest first. */
export function spendRows(groups: SpendOut[], by: By): SpendRow[] {
  const total = groups.reduce((sum, group) => sum + Number(group.spent), 0);
  const rows = groups.map((group) => ({
    name: groupName(group.name, by),
    labels: group.labels,
    minutes: group.seconds / 60,
    spent: Number(group.spent),
    owed: Number(group.owed),
    held: Number(group.held),
    each: group.labels > 0 ? Number(group.spent) / group.labels : null,
    share: total > 0 ? Number(group.spent) / total : 0,
  }));
  return by === 'round' ? rows : rows.sort((one, other) => weight(other) - weight(one));
}

function weight(row: SpendRow): number {
  return row.spent + row.held + row.owed;
}

function groupName(name: string, by: By): string {
  if (by === 'round') return `Round ${name}`;
  return name === 'None' ? 'none' : name.replaceAll('_', ' ');
}

/** The longest bar's money: what every bar is drawn against. */
export function longest(rows: SpendRow[]): number {
  return Math.max(...rows.map(weight), 0);
}

/** The title: who or what took the most. */
export function spendFinding(rows: SpendRow[], by: By, currency: string): string {
  const most = rows.reduce<SpendRow | null>((top, row) => (top && top.spent >= row.spent ? top : row), null);
  if (!most || most.spent === 0) return 'Where did the money go?';
  const money = formatMoneyRounded(most.spent, currency);
  const taker = takers[by](most.name);
  if (rows.length === 1) return `All ${money} went to ${taker}`;
  return `${money}, ${formatShare(most.share)} of all spending, went to ${taker}`;
}

const takers: Record<By, (name: string) => string> = {
  tier: (name) => `the ${name} tier`,
  annotator: (name) => name,
  class: (name) => (name === 'none' ? 'answers without a class' : `answers that say ${name}`),
  strategy: (name) => `samples chosen by ${name}`,
  round: (name) => name.toLowerCase(),
};

export function spendAsText(rows: SpendRow[], by: By, currency: string): string {
  const lines = rows.map(
    (row) => `${row.name}: ${formatMoney(row.spent, currency)} for ${plural(row.labels, 'label')}.`,
  );
  return `Spending by ${BY[by].toLowerCase()}. ${lines.join(' ')}`;
}

export function spendCsv(rows: SpendRow[], by: By): string {
  return toCsv(
    [by, 'labels', 'minutes_paid', 'spent', 'owed', 'held', 'spent_per_label'],
    rows.map((row) => [
      ...[row.name, row.labels, Number(row.minutes.toFixed(3)), row.spent, row.owed, row.held],
      row.each === null ? null : Number(row.each.toFixed(4)),
    ]),
  );
}
