// From which changed versions of the pictures deep runs learn: the form's values, and what is said of them.
import type { AugmentationOptions, AugmentationOut, TransformOut } from '@/api/types.gen';

export interface AugmentationValues {
  mode: NonNullable<AugmentationOptions['mode']>;
  /** Of the safe transforms, where they are chosen by hand. */
  transforms: string[];
  /** Of those that may break labels: to be tried in a search, and used in a choice. */
  allowed: string[];
  strength: number;
}

export const MODES: { value: AugmentationValues['mode']; label: string; when: string }[] = [
  {
    value: 'off',
    label: 'Off',
    when: 'The default. Deep runs learn from the pictures as they are.',
  },
  {
    value: 'searched',
    label: 'Searched',
    when: 'A deep run tries a few policies in parts of its time, and keeps one only if held-out labels say that it helps, beyond noise.',
  },
  {
    value: 'fixed',
    label: 'Chosen here',
    when: 'When you know what differs between pictures of the same thing: light, position, side.',
  },
];

export function valuesOf(options: AugmentationOptions, transforms: TransformOut[]): AugmentationValues {
  const risky = namesOf(transforms, true);
  return {
    mode: options.mode ?? 'off',
    transforms: (options.transforms ?? []).filter((name) => !risky.includes(name)),
    allowed: options.allowed ?? [],
    strength: options.strength ?? 0.5,
  };
}

/** What is allowed is used, where transforms are chosen. */
export function optionsOf({ mode, transforms, allowed, strength }: AugmentationValues): AugmentationOptions {
  return { mode, allowed, transforms: mode === 'fixed' ? [...transforms, ...allowed] : [], strength };
}

export function namesOf(transforms: TransformOut[], mayBreak: boolean): string[] {
  return transforms.filter((one) => one.may_break === mayBreak).map((one) => one.name);
}

export function augmentationErrors(
  values: AugmentationValues,
): Partial<Record<keyof AugmentationValues, string>> {
  if (values.mode === 'fixed' && values.transforms.length + values.allowed.length === 0)
    return { transforms: 'Choose one transform at least, or turn augmentation off.' };
  return {};
}

/** The warning under what is allowed; null while nothing is. */
export function warning(allowed: string[], transforms: TransformOut[]): string | null {
  const found = transforms.filter((one) => allowed.includes(one.name));
  if (found.length === 0) return null;
  const said = found.map((one) => `${one.title}: ${one.sentence}`).join(' ');
  return `${said} Look at the preview: would an expert still give every version the label of its picture? A search cannot tell, if the held-out labels are few.`;
}

/** Whether the pictures were drawn for these very options. */
export function isDrawnFor(found: AugmentationOut, values: AugmentationValues): boolean {
  if (!found.preview) return false;
  const drawn = valuesOf(found.preview.options, found.transforms);
  return key(drawn) === key(values);
}

function key({ mode, transforms, allowed, strength }: AugmentationValues): string {
  const chosen = mode === 'fixed' ? [[...transforms].sort(), strength] : [];
  return JSON.stringify([mode, [...allowed].sort(), ...chosen]);
}
