import type { LabelClassOut } from '@/api/types.gen';
import classes from './ClassName.module.css';

/** A label class: its colour as a dot, its name cut short where there is no room. */
export function ClassName({ of: { name, color } }: { of: Pick<LabelClassOut, 'name' | 'color'> }) {
  return (
    <span className={classes.name} title={name}>
      <span className={classes.dot} style={{ background: color }} aria-hidden />
      <span className={classes.text}>{name}</span>
    </span>
  );
}
