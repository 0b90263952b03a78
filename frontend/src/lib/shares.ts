// How a share that was counted is worded, with its 95% interval.
import type { ShareOut } from '@/api/types.gen';
import { formatShare } from './numbers';

export function ofAll({ right, of }: ShareOut): string {
  return `${right} of ${of}`;
}

/** `92% (74% to 98%)`; `none` where nothing was counted. */
export function formatShareOut({ share }: Pick<ShareOut, 'share'>, none = '–'): string {
  return share
    ? `${formatShare(share.value)} (${formatShare(share.low)} to ${formatShare(share.high)})`
    : none;
}
