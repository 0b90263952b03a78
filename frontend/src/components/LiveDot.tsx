import classes from './LiveDot.module.css';

/** Pulses beside whatever is at work right now. */
export function LiveDot({ label }: { label: string }) {
  return <span className={classes.dot} role="img" aria-label={label} title={label} />;
}
