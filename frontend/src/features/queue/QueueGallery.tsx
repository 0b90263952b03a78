import { type CSSProperties, type KeyboardEvent, useState } from 'react';
import type { QueueItemOut } from '@/api/types.gen';
import { moveInGrid } from '@/lib/keyboard';
import { QueueCard } from './QueueCard';
import classes from './QueueGallery.module.css';

interface QueueGalleryProps {
  items: QueueItemOut[];
  currency: string;
  openId: number | undefined;
  heatOpacity: number;
  onOpen: (item: QueueItemOut) => void;
}

/** A grid in which arrows move the focus and enter opens. */
export function QueueGallery({ items, currency, openId, heatOpacity, onOpen }: QueueGalleryProps) {
  const [focused, setFocused] = useState(0);
  const tabStop = Math.min(focused, items.length - 1);

  function move(event: KeyboardEvent<HTMLUListElement>) {
    const cells = [...event.currentTarget.querySelectorAll<HTMLElement>('li > button')];
    const index = cells.indexOf(event.target as HTMLElement);
    if (index < 0) return;
    const target = moveInGrid(event.key, index, cells.length, columnsOf(cells));
    if (target === index) return;
    event.preventDefault();
    setFocused(target);
    cells[target]?.focus();
  }

  return (
    <ul
      className={classes.gallery}
      style={{ '--heat-opacity': heatOpacity } as CSSProperties}
      onKeyDown={move}
      aria-label="Queued samples"
    >
      {items.map((item, index) => (
        <QueueCard
          key={item.id}
          item={item}
          currency={currency}
          open={item.id === openId}
          tabStop={index === tabStop}
          onOpen={onOpen}
        />
      ))}
    </ul>
  );
}

/** How many cells stand in the first row. */
function columnsOf(cells: HTMLElement[]): number {
  const top = cells[0]?.getBoundingClientRect().top;
  const below = cells.findIndex((cell) => cell.getBoundingClientRect().top !== top);
  return below === -1 ? cells.length : below;
}
