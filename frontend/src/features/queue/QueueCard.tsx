import { memo } from 'react';
import type { QueueItemOut } from '@/api/types.gen';
import { HeatPicture } from '@/components/HeatPicture';
import { Probabilities } from '@/components/Probabilities';
import { formatMoney } from '@/lib/money';
import { LabelLink } from './LabelLink';
import { Neighbour } from './Neighbour';
import classes from './QueueCard.module.css';
import { StateMark } from './StateMark';
import { isReleased } from './state';

interface QueueCardProps {
  item: QueueItemOut;
  currency: string;
  open: boolean;
  /** Only one card of the gallery is a tab stop; arrows reach the others. */
  tabStop: boolean;
  onOpen: (item: QueueItemOut) => void;
}

export const QueueCard = memo(function QueueCard({ item, currency, open, tabStop, onOpen }: QueueCardProps) {
  return (
    <li className={classes.card} data-testid="queue-item" data-state={item.state} data-open={open}>
      <button
        type="button"
        className={classes.open}
        tabIndex={tabStop ? 0 : -1}
        onClick={() => onOpen(item)}
        aria-label={`Open ${item.sample_name}`}
      >
        <HeatPicture item={item} fit="thumbnail" />
        <span className={classes.rank}>{item.rank}</span>
      </button>
      <div className={classes.text}>
        <Probabilities predictions={item.predictions} most={2} />
        {item.neighbour && <Neighbour neighbour={item.neighbour} fit="thumbnail" />}
        <p className={classes.reason} title={item.reason}>
          {item.reason}
        </p>
        <div className={classes.line}>
          <span className={classes.state}>
            <StateMark item={item} />
          </span>
          <CardPrice item={item} currency={currency} />
        </div>
        <LabelLink item={item} />
      </div>
    </li>
  );
});

function CardPrice({ item, currency }: Pick<QueueCardProps, 'item' | 'currency'>) {
  if (isReleased(item))
    return <span className={classes.released}>{formatMoney(item.price, currency)} released</span>;
  return (
    <span className={classes.price} title={item.charged === null ? 'Reserved' : 'Charged'}>
      {formatMoney(item.charged ?? item.price, currency)}
    </span>
  );
}
