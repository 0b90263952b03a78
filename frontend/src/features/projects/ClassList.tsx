import type { LabelClassOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import classes from './ProjectCard.module.css';

const SHOWN = 4;

/** The first few classes of a project, and how many there are beyond. */
export function ClassList({ of }: { of: LabelClassOut[] }) {
  const more = of.length - SHOWN;
  return (
    <div className={classes.classes}>
      {of.slice(0, SHOWN).map((one) => (
        <ClassName key={one.id} of={one} />
      ))}
      {more > 0 && <span>{more} more</span>}
    </div>
  );
}
