import type { WeakSourceOut } from '@/api/types.gen';

/** What weak labels come from. */
export const KINDS: Record<WeakSourceOut['kind'], string> = {
  table: 'table',
  function: 'labeling function',
  join: 'join',
  collector: 'collector',
};
