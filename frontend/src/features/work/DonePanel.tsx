import type { MyQueueOut } from '@/api/types.gen';
import { Changed } from '@/components/Changed';
import { Panel } from '@/components/Panel';
import { formatCount, formatNumber } from '@/lib/numbers';
import classes from './DonePanel.module.css';

/** What one did today and this week. */
export function DonePanel({ queue }: { queue: MyQueueOut }) {
  return (
    <Panel title="Your answers">
      <dl className={classes.figures}>
        <Figure name="Today" work={queue.today} testId="today" />
        <Figure name="This week" work={queue.this_week} testId="week" />
        <div>
          <dt>Waiting</dt>
          <dd>
            <Changed value={queue.waiting}>{formatCount(queue.waiting)}</Changed>
          </dd>
        </div>
      </dl>
    </Panel>
  );
}

function Figure({ name, work, testId }: { name: string; work: MyQueueOut['today']; testId: string }) {
  return (
    <div data-testid={testId}>
      <dt>{name}</dt>
      <dd>
        <Changed value={work.answers}>{formatCount(work.answers)}</Changed>
        <small>{formatNumber(work.minutes, 1)} min paid</small>
      </dd>
    </div>
  );
}
