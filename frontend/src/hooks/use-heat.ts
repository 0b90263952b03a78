// How strongly heatmaps are laid over pictures: one setting for all of them, kept in this browser.
import { useLocalStorage } from '@mantine/hooks';
import { useCallback } from 'react';

export interface Heat {
  opacity: number;
  shown: boolean;
}

const USUAL: Heat = { opacity: 0.6, shown: true };

export function shownOpacity({ opacity, shown }: Heat): number {
  return shown ? opacity : 0;
}

/** Hides the maps, or brings them back as strong as they were; a map at zero comes back at its usual strength. */
export function flipped(heat: Heat): Heat {
  if (heat.shown && heat.opacity > 0) return { ...heat, shown: false };
  return { opacity: heat.opacity || USUAL.opacity, shown: true };
}

export function useHeat() {
  const [heat, setHeat] = useLocalStorage<Heat>({
    key: 'heedful-heat',
    defaultValue: USUAL,
    getInitialValueInEffect: false,
  });
  const flip = useCallback(() => setHeat(flipped), [setHeat]);
  return { heat, setHeat, flip };
}
