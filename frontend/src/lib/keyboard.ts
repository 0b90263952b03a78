// What keys mean, as pure functions; the components only listen.
import { PAGES, type PageLetter } from './pages';

/** How long after `g` a letter still counts. */
export const CHORD_MS = 1500;

export interface Chord {
  startedAt: number | null;
}

/** Feeds one key to the `g` + letter chord: the next state, and the page asked for if the chord is complete. */
export function pressChord(chord: Chord, key: string, now: number): { chord: Chord; go: PageLetter | null } {
  const waiting = chord.startedAt !== null && now - chord.startedAt <= CHORD_MS;
  if (waiting && key in PAGES) return { chord: { startedAt: null }, go: key as PageLetter };
  return { chord: { startedAt: key === 'g' ? now : null }, go: null };
}

/** Where an arrow key leads in a grid of `count` cells, `columns` a row; the same cell at an edge. */
export function moveInGrid(key: string, index: number, count: number, columns: number): number {
  const step: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
  };
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const target = index + (step[key] ?? 0);
  return target >= 0 && target < count ? target : index;
}

/** Keys typed into a field or moving a slider, or held with a modifier, are not shortcuts. */
export function isShortcut(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return true;
  return target.closest('input, textarea, select, [contenteditable], [role="slider"]') === null;
}
