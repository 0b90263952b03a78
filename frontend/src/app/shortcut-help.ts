// The list of shortcuts opens by key and by button: an event of the window joins the two.
const OPEN = 'heedful:shortcuts';

export function openShortcuts(): void {
  window.dispatchEvent(new Event(OPEN));
}

export function onOpenShortcuts(listener: () => void): () => void {
  window.addEventListener(OPEN, listener);
  return () => window.removeEventListener(OPEN, listener);
}
