// Which days a payroll is for: calendar months in UTC, as the ledger has them, or any other days. Pure functions.

export interface Days {
  /** Calendar days like `2026-11-01`, both included. */
  first: string;
  last: string;
}

const MONTH = new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** `2026-11` and its days. */
export function monthDays(month: string): Days {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return { first: `${month}-01`, last: `${month}-${last}` };
}

export function monthName(month: string): string {
  return MONTH.format(Date.parse(`${month}-01`));
}

/** The months from the first day on which money moved to now, the latest first. */
export function monthsSince(firstDay: string | undefined, now: number): string[] {
  const present = new Date(now).toISOString().slice(0, 7);
  const months: string[] = [];
  for (let month = firstDay?.slice(0, 7) ?? present; month <= present; month = nextMonth(month)) {
    months.push(month);
  }
  return months.length > 0 ? months.reverse() : [present];
}

function nextMonth(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7);
}

/** What is wrong with days that were typed, or null. */
export function daysError({ first, last }: Days): string | null {
  if (Number.isNaN(Date.parse(first)) || Number.isNaN(Date.parse(last))) return 'Enter both days.';
  return last < first ? 'The last day must not be before the first.' : null;
}

export function payrollAddress(projectId: number, days: Days, lines: boolean): string {
  const query = new URLSearchParams({ from: days.first, to: days.last });
  return `/api/projects/${projectId}/payroll${lines ? '-lines' : ''}.csv?${query}`;
}
