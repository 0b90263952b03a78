import { useEffect } from 'react';
import { isShortcut } from '@/lib/keyboard';

/** Listens for keys typed outside of fields while the component is there. */
export function useShortcut(onKey: (event: KeyboardEvent) => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (isShortcut(event)) onKey(event);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [onKey]);
}
