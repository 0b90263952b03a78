import { formatMoney } from '@/lib/money';
import { plural } from '@/lib/numbers';
import classes from './SpendBars.module.css';
import { longest, type SpendRow } from './spend';

interface SpendBarsProps {
  rows: SpendRow[];
  currency: string;
}

/** A bar for each group: spent solid, owed outlined, reserved hatched, all on one scale. */
export function SpendBars({ rows, currency }: SpendBarsProps) {
  const most = longest(rows);
  const width = (money: number) => `${most > 0 ? (100 * money) / most : 0}%`;
  return (
    <ul className={classes.bars}>
      {rows.map((row) => (
        <li key={row.name} className={classes.row} title={titleOf(row, currency)}>
          <span className={classes.name}>{row.name}</span>
          <span className={classes.track} aria-hidden>
            {row.spent > 0 && <span className={classes.spent} style={{ width: width(row.spent) }} />}
            {row.owed > 0 && <span className={classes.owed} style={{ width: width(row.owed) }} />}
            {row.held > 0 && <span className={classes.held} style={{ width: width(row.held) }} />}
          </span>
          <span className={classes.figures}>
            {formatMoney(row.spent, currency)}{' '}
            <small>
              {plural(row.labels, 'label')}
              {row.each !== null && `, ${formatMoney(row.each, currency)} each`}
            </small>
          </span>
        </li>
      ))}
    </ul>
  );
}

function titleOf(row: SpendRow, currency: string): string {
  const parts = [`${formatMoney(row.spent, currency)} spent`];
  if (row.owed > 0) parts.push(`${formatMoney(row.owed, currency)} owed`);
  if (row.held > 0) parts.push(`${formatMoney(row.held, currency)} reserved`);
  return `${row.name}: ${parts.join(', ')}`;
}
