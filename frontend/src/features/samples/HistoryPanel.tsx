import {
  IconBriefcase,
  IconCheck,
  IconCircleCheck,
  IconCoins,
  IconDatabaseImport,
  IconFlag,
  IconMessage,
  IconPencil,
  IconPhotoSearch,
  IconSend,
  IconTrash,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { EventKind, EventOut } from '@/api/types.gen';
import { Panel } from '@/components/Panel';
import { Time } from '@/components/Time';
import { formatMovement } from '@/lib/money';
import classes from './HistoryPanel.module.css';

const ICONS: Record<EventKind, ComponentType<{ size: number; stroke: number }>> = {
  imported: IconDatabaseImport,
  queued: IconPhotoSearch,
  sent: IconSend,
  answered: IconBriefcase,
  deleted: IconTrash,
  money: IconCoins,
  comment: IconMessage,
  dispute: IconFlag,
  correction: IconPencil,
  resolved: IconCheck,
  settled: IconCircleCheck,
};

interface HistoryPanelProps {
  history: EventOut[];
  currency: string;
}

/** All that ever happened to the sample, the oldest first. */
export function HistoryPanel({ history, currency }: HistoryPanelProps) {
  return (
    <Panel title="History">
      <ol className={classes.history}>
        {history.map((event, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: events are only ever added at the end
          <Event key={index} event={event} currency={currency} />
        ))}
      </ol>
    </Panel>
  );
}

function Event({ event, currency }: { event: EventOut; currency: string }) {
  const Icon = ICONS[event.kind];
  return (
    <li className={classes.event} data-kind={event.kind} data-testid="event">
      <span className={classes.icon} aria-hidden>
        <Icon size={14} stroke={1.8} />
      </span>
      <div className={classes.what}>
        {event.sentence}
        {event.text && <p className={classes.text}>{event.text}</p>}
      </div>
      <div className={classes.moved}>
        <Moved amount={event.held} of="held" currency={currency} />
        <Moved amount={event.spent} of="spent" currency={currency} />
        <Moved amount={event.owed} of="owed" currency={currency} />
      </div>
      <div className={classes.when}>
        <Time at={event.at} />
      </div>
    </li>
  );
}

interface MovedProps {
  amount: string | null;
  of: 'held' | 'spent' | 'owed';
  currency: string;
}

function Moved({ amount, of, currency }: MovedProps) {
  if (amount === null) return null;
  return (
    <span data-of={of}>
      {formatMovement(amount, currency)} {of}
    </span>
  );
}
