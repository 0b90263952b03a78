import type { QueueItemOut } from '@/api/types.gen';
import { Changed } from '@/components/Changed';
import { ClassName } from '@/components/ClassName';
import { ITEM_STATES } from './search';

/** Where the item stands; once it is answered, the answer itself. */
export function StateMark({ item }: { item: QueueItemOut }) {
  return (
    <Changed value={`${item.state} ${item.label?.id ?? ''}`}>
      {item.state === 'answered' && item.label ? <ClassName of={item.label} /> : ITEM_STATES[item.state]}
    </Changed>
  );
}
