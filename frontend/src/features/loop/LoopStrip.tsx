import { Link } from '@tanstack/react-router';
import type { OverviewOut } from '@/api/types.gen';
import { Changed } from '@/components/Changed';
import { LiveDot } from '@/components/LiveDot';
import classes from './LoopStrip.module.css';
import { type LoopPart, loopParts } from './parts';

/** The loop as five figures in a row, each a link to its page, each showing when it is at work. */
export function LoopStrip({ overview }: { overview: OverviewOut }) {
  return (
    <nav aria-label="The loop">
      <ol className={classes.strip}>
        {loopParts(overview).map((part) => (
          <Part key={part.name} part={part} projectId={overview.project.id} />
        ))}
      </ol>
    </nav>
  );
}

function Part({ part, projectId }: { part: LoopPart; projectId: number }) {
  return (
    <li className={classes.part}>
      <Link to={part.page} params={{ projectId }} search={part.search} className={classes.link}>
        <span className={classes.name}>
          {part.name}
          {part.live && <LiveDot label={part.live} />}
        </span>
        <Changed value={part.figure}>
          <span className={classes.figure}>{part.figure}</span>
        </Changed>
        <span className={classes.detail}>{part.detail}</span>
      </Link>
    </li>
  );
}
