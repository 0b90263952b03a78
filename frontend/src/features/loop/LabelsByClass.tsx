import type { ClassCount } from '@/api/types.gen';
import { Changed } from '@/components/Changed';
import { ClassName } from '@/components/ClassName';
import { formatCount } from '@/lib/numbers';
import classes from './LabelsByClass.module.css';

const SHOWN = 6;

/** How the settled labels fall on the classes: one bar, and the largest classes by name. */
export function LabelsByClass({ counts }: { counts: ClassCount[] }) {
  const sorted = [...counts].sort((one, other) => other.count - one.count);
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return null;
  const rest = sorted.slice(SHOWN);
  return (
    <section className={classes.labels}>
      <h3>{formatCount(total)} labels to train on, by class</h3>
      <div className={classes.bar} aria-hidden>
        {sorted.map(({ label_class: of, count }) => (
          <div key={of.id} style={{ flexGrow: count, background: of.color }} />
        ))}
      </div>
      <ul className={classes.list}>
        {sorted.slice(0, SHOWN).map(({ label_class: of, count }) => (
          <li key={of.id}>
            <ClassName of={of} />
            <Changed value={count}>{formatCount(count)}</Changed>
          </li>
        ))}
      </ul>
      {rest.length > 0 && (
        <p>
          {formatCount(rest.reduce((sum, { count }) => sum + count, 0))} in {rest.length} more classes
        </p>
      )}
    </section>
  );
}
