// The points of the map as they come: columns of numbers end to end (platform/heedful/registry/poolmap.py).
import type { PoolMapOut } from '@/api/types.gen';

export const NONE = 255;
export const GOLD = 1;
export const WRONG = 2;
export const ASIDE = 4;
export const FIRST = 8;

export interface Points {
  size: number;
  x: Float32Array;
  y: Float32Array;
  uncertainty: Float32Array;
  id: Uint32Array;
  round: Uint16Array;
  source: Uint16Array;
  label: Uint8Array;
  predicted: Uint8Array;
  state: Uint8Array;
}

export function decoded(buffer: ArrayBuffer, size: number): Points {
  let at = 0;
  const next = <T>(make: new (buffer: ArrayBuffer, at: number, size: number) => T, bytes: number): T => {
    const column = new make(buffer, at, size);
    at += bytes * size;
    return column;
  };
  return {
    size,
    x: next(Float32Array, 4),
    y: next(Float32Array, 4),
    uncertainty: next(Float32Array, 4),
    id: next(Uint32Array, 4),
    round: next(Uint16Array, 2),
    source: next(Uint16Array, 2),
    label: next(Uint8Array, 1),
    predicted: next(Uint8Array, 1),
    state: next(Uint8Array, 1),
  };
}

export const COLOURINGS = ['label', 'predicted', 'uncertainty', 'error', 'round', 'source'] as const;
export type Colouring = (typeof COLOURINGS)[number];

export const COLOURING_NAMES: Record<Colouring, string> = {
  label: 'Label',
  predicted: 'Prediction',
  uncertainty: 'Uncertainty',
  error: 'Error',
  round: 'Round',
  source: 'Source',
};

/** What each point is coloured as: a place in `names` and `colours`. */
export interface Coloured {
  names: string[];
  colours: string[];
  value: Uint8Array;
}

/** Told apart with any colour vision (Okabe & Ito, 2008), then again from the start. */
const KINDS = ['#e69f00', '#56b4e9', '#009e73', '#cc79a7', '#0072b2', '#d55e00', '#b3a000'];
const QUIET = '#8a929c';
/** From sure to unsure. */
const RAMP = ['#3b4cc0', '#6f92f3', '#aac7fd', '#f7b89c', '#e7745b', '#b40426'];
const MOST_KINDS = 250;

export function coloured(points: Points, by: Colouring, legend: PoolMapOut): Coloured {
  if (by === 'uncertainty') return byUncertainty(points);
  if (by === 'error') return byError(points);
  if (by === 'label' || by === 'predicted') {
    const names = [...legend.classes, by === 'label' ? 'no label' : 'no prediction'];
    const last = names.length - 1;
    const value = points[by].map((place) => (place === NONE ? last : place));
    return { names, colours: [...kinds(last), QUIET], value };
  }
  const names = by === 'round' ? legend.rounds : legend.sources;
  const value = Uint8Array.from(points[by], (place) => Math.min(place, MOST_KINDS));
  return { names: names.slice(0, MOST_KINDS + 1), colours: [QUIET, ...kinds(names.length - 1)], value };
}

function kinds(count: number): string[] {
  return Array.from({ length: count }, (_, place) => KINDS[place % KINDS.length] ?? QUIET);
}

function byUncertainty({ uncertainty }: Points): Coloured {
  const steps = RAMP.length;
  const names = RAMP.map(
    (_, step) => `${Math.round((100 * step) / steps)}% to ${Math.round((100 * (step + 1)) / steps)}%`,
  );
  const value = Uint8Array.from(uncertainty, (one) =>
    Number.isNaN(one) ? steps : Math.min(Math.floor(one * steps), steps - 1),
  );
  return { names: [...names, 'no prediction'], colours: [...RAMP, QUIET], value };
}

function byError({ label, predicted, state }: Points): Coloured {
  const value = Uint8Array.from(state, (bits, row) => {
    if (label[row] === NONE || predicted[row] === NONE) return 2;
    return bits & WRONG ? 0 : 1;
  });
  return { names: ['wrong', 'right', 'not known'], colours: ['#d55e00', '#56b4e9', QUIET], value };
}

export function counts({ names, value }: Coloured): number[] {
  const found = new Array<number>(names.length).fill(0);
  for (const place of value) found[place] = (found[place] ?? 0) + 1;
  return found;
}

/** The rows that are coloured as that place. */
export function rowsOf({ value }: Coloured, place: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < value.length; row += 1) if (value[row] === place) rows.push(row);
  return rows;
}
