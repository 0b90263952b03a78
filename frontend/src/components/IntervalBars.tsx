import type { ReactNode } from 'react';
import type { Interval } from '@/api/types.gen';
import classes from './IntervalBars.module.css';

export interface IntervalRow {
  key: string;
  name: ReactNode;
  /** Null where there is nothing to draw yet. */
  interval: Interval | null;
  /** An estimate without an interval of its own, drawn hollow. */
  estimate?: number | null;
  figures: ReactNode;
  /** The whole row in words. */
  title: string;
  /** Belongs to the row above it. */
  inner?: boolean;
}

interface IntervalBarsProps {
  rows: IntervalRow[];
  /** The ends of the axis, and how a value on it reads. */
  from: number;
  to: number;
  format: (value: number) => string;
  unit: string;
  /** A bar to pass, if there is one. */
  mark?: { at: number; name: string };
}

/** A dot for each value with the band of its interval, all on one axis. */
export function IntervalBars({ rows, from, to, format, unit, mark }: IntervalBarsProps) {
  const at = (value: number) => `${(100 * Math.min(Math.max(value - from, 0), to - from)) / (to - from)}%`;
  const middle = (from + to) / 2;
  return (
    <ul className={classes.bars}>
      {rows.map((row) => (
        <li key={row.key} className={classes.row} data-inner={row.inner || undefined} title={row.title}>
          <span className={classes.name}>{row.name}</span>
          <span className={classes.track} aria-hidden>
            {mark && <span className={classes.mark} style={{ left: at(mark.at) }} />}
            {row.interval && (
              <>
                <span
                  className={classes.band}
                  style={{
                    left: at(row.interval.low),
                    width: `calc(${at(row.interval.high)} - ${at(row.interval.low)})`,
                  }}
                />
                <span className={classes.dot} style={{ left: at(row.interval.value) }} />
              </>
            )}
            {row.estimate != null && <span className={classes.hollow} style={{ left: at(row.estimate) }} />}
          </span>
          <span className={classes.figures}>{row.figures}</span>
        </li>
      ))}
      <li className={classes.axis} aria-hidden>
        <span className={classes.ticks}>
          <span>{format(from)}</span>
          <span>{format(middle)}</span>
          <span>{format(to)}</span>
        </span>
        <span className={classes.unit}>
          {unit}
          {mark && `, line: ${mark.name}`}
        </span>
      </li>
    </ul>
  );
}
