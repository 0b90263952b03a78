import { expect, test } from 'vitest';
import type { SettingOut } from '@/api/types.gen';
import { wrongWith } from './inspect';
import { idsOf, readInspectSearch } from './search';

const WINDOW: SettingOut = {
  name: 'window',
  title: 'Window',
  kind: 'number',
  default: 0.2,
  help: '',
  choices: [],
  minimum: 0.01,
  maximum: 1,
  step: 0.01,
};

test('a number out of range is refused with its range', () => {
  expect(wrongWith(WINDOW, 0.5)).toBeUndefined();
  expect(wrongWith(WINDOW, 2)).toBe('From 0.01 to 1.');
  expect(wrongWith(WINDOW, '')).toBe('Give a number.');
});

test('the address names samples', () => {
  expect(idsOf('3, 1,x,3')).toEqual([3, 1]);
  expect(readInspectSearch({ samples: 7, version: '2' })).toEqual({
    version: 2,
    method: undefined,
    samples: '7',
  });
  expect(readInspectSearch({ samples: 'x' }).samples).toBeUndefined();
});
