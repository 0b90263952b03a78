// What the address of the login holds: where to go on afterwards.
import type { Search } from '@/lib/search';

export function readLoginSearch(search: Search): { next?: string } {
  // Only a path of ours: anything else would let a link send people elsewhere after they log in.
  const next = search.next;
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? { next } : {};
}
