// What is declared of a backbone of one's own, as a form holds it. Pure functions.
// Names are those of the API, so that the server's refusals land on the same fields.
import type { OwnBackboneOut } from '@/api/types.gen';
import { type Amount, numberOf } from '@/lib/amounts';

export interface FileValues {
  file: File | null;
  name: string;
  licence: string;
  origin: string;
  size: Amount;
  embedding_width: Amount;
  mean: string;
  std: string;
}

/** The means and deviations of ImageNet, by which most models prepare pictures. */
export const FILE_VALUES: FileValues = {
  file: null,
  name: '',
  licence: '',
  origin: '',
  size: 224,
  embedding_width: '',
  mean: '0.485, 0.456, 0.406',
  std: '0.229, 0.224, 0.225',
};

/** What the server would refuse, before megabytes are sent. */
export function fileErrors(values: FileValues): Partial<Record<keyof FileValues, string>> {
  const errors: Partial<Record<keyof FileValues, string>> = {};
  if (!values.file) errors.file = 'Choose a file.';
  if (!/^[a-z0-9][a-z0-9._-]{1,58}[a-z0-9]$/.test(values.name))
    errors.name = 'Name it with 3 to 60 small letters, digits, dots, dashes or underscores.';
  if (!values.licence.trim()) errors.licence = 'State its licence.';
  if (!values.origin.trim()) errors.origin = 'State where it comes from.';
  if (!(numberOf(values.size) >= 16 && numberOf(values.size) <= 1024))
    errors.size = 'From 16 to 1,024 pixels.';
  if (!(numberOf(values.embedding_width) >= 2))
    errors.embedding_width = 'How many numbers an embedding holds.';
  for (const field of ['mean', 'std'] as const) {
    const numbers = values[field].split(',').map((one) => (one.trim() === '' ? Number.NaN : Number(one)));
    if (numbers.length !== 3 || numbers.some(Number.isNaN))
      errors[field] = 'Three numbers: red, green, blue.';
  }
  return errors;
}

/** As the API takes it. */
export function declared(values: FileValues) {
  const { name, licence, origin, mean, std } = values;
  return {
    ...{ name, licence, origin, mean, std },
    size: numberOf(values.size),
    embedding_width: numberOf(values.embedding_width),
  };
}

const KINDS: Record<OwnBackboneOut['kind'], string> = {
  file: 'a file',
  package: 'an installed package',
  hub: 'the hub',
};

/** What became of one that was brought. */
export function ownSentence({ name, kind, state, error }: OwnBackboneOut): string {
  if (state === 'checking') return `${name}, from ${KINDS[kind]}, is being checked.`;
  if (state === 'refused') return `${name} was refused. ${error}`;
  return `${name}, from ${KINDS[kind]}.`;
}
