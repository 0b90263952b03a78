import type { LookOut, MethodOut, SettingOut } from '@/api/types.gen';

export type Value = string | number;
export type Values = Record<string, Value>;

/** What is to be looked at: a file, or a sample of the pool; and what came of it. */
export interface Asked {
  key: string;
  name: string;
  file?: File;
  sampleId?: number;
  state: 'waiting' | 'looking' | 'done' | 'failed';
  look?: LookOut;
  error?: string;
}

export function defaultsOf(method: MethodOut): Values {
  return Object.fromEntries(method.settings.map((one) => [one.name, one.default]));
}

/** What is wrong with a value, in words; undefined if nothing. */
export function wrongWith(setting: SettingOut, value: Value): string | undefined {
  if (setting.kind === 'choice' || setting.kind === 'layer') return undefined;
  const { minimum, maximum } = setting;
  if (typeof value !== 'number' || Number.isNaN(value)) return 'Give a number.';
  if ((minimum !== null && value < minimum) || (maximum !== null && value > maximum))
    return `From ${minimum} to ${maximum}.`;
  return undefined;
}

export function canBeAsked(method: MethodOut, values: Values): boolean {
  return !method.lacking && method.settings.every((one) => !wrongWith(one, values[one.name] ?? one.default));
}

let counted = 0;

export function askedFile(file: File): Asked {
  counted += 1;
  return { key: `file-${counted}`, name: file.name, file, state: 'waiting' };
}

export function askedSample(sampleId: number): Asked {
  return { key: `sample-${sampleId}`, name: `Sample ${sampleId}`, sampleId, state: 'waiting' };
}
