// What of the money page the address holds: the part that is open, its groups and page, and what is shown as a table.
import { oneOf, positiveInteger, type Search } from '@/lib/search';
import { BY, type By } from './spend';

export const PARTS = {
  spending: 'Where it went',
  learning: 'Saved and forecast',
  rates: 'Rates and limits',
  owed: 'Owed',
  payroll: 'Payroll',
  ledger: 'Ledger',
} as const;

export type Part = keyof typeof PARTS;

const TABLE = ['table'] as const;

export interface MoneySearch {
  part?: Part;
  by?: By;
  page?: number;
  /** How much more money one asks about. */
  next?: number;
  burn?: 'table';
  fan?: 'table';
  spend?: 'table';
  bought?: 'table';
}

export function readMoneySearch(search: Search): MoneySearch {
  return {
    part: oneOf(search.part, Object.keys(PARTS) as Part[]),
    by: oneOf(search.by, Object.keys(BY) as By[]),
    page: positiveInteger(search.page),
    next: positive(search.next),
    burn: oneOf(search.burn, TABLE),
    fan: oneOf(search.fan, TABLE),
    spend: oneOf(search.spend, TABLE),
    bought: oneOf(search.bought, TABLE),
  };
}

function positive(value: unknown): number | undefined {
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  return number > 0 && Number.isFinite(number) ? number : undefined;
}

/** How an address says that something is shown as a table: the chart needs no word. */
export function asTable(table: boolean): 'table' | undefined {
  return table ? 'table' : undefined;
}
