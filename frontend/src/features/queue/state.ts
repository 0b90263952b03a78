// What a queue item's state means for its money and its task.
import type { QueueItemOut } from '@/api/types.gen';

/** An expert may still answer it; its price is held. */
export function isWaiting({ state }: QueueItemOut): boolean {
  return state === 'reserved' || state === 'sent';
}

/** It was never answered; the price that was held is free again. */
export function isReleased({ state }: QueueItemOut): boolean {
  return state === 'skipped' || state === 'withdrawn';
}
