import { UnstyledButton } from '@mantine/core';
import type { MyItemOut } from '@/api/types.gen';
import { HeatPicture } from '@/components/HeatPicture';
import { shownOpacity, useHeat } from '@/hooks/use-heat';
import classes from './WaitingList.module.css';

interface WaitingListProps {
  items: MyItemOut[];
  shownId: number;
  onShow: (item: MyItemOut) => void;
}

/** What waits, the most valuable first; a click shows one large. */
export function WaitingList({ items, shownId, onShow }: WaitingListProps) {
  const { heat } = useHeat();
  return (
    <ol
      className={classes.list}
      style={{ '--heat-opacity': shownOpacity(heat) } as React.CSSProperties}
      aria-label="Waiting samples"
    >
      {items.map((item) => (
        <li key={item.id}>
          <UnstyledButton
            className={classes.item}
            aria-current={item.id === shownId}
            onClick={() => onShow(item)}
            data-testid="waiting-item"
          >
            <HeatPicture item={item} fit="thumbnail" />
            <span className={classes.reason}>{item.reason}</span>
          </UnstyledButton>
        </li>
      ))}
    </ol>
  );
}
