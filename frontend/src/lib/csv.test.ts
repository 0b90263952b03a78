import { expect, it } from 'vitest';
import { toCsv } from './csv';

it('quotes what needs it, leaves gaps empty and defuses formulas', () => {
  const csv = toCsv(
    ['name', 'cost'],
    [
      ['a "b", c', 1.5],
      ['=1+1', null],
      ['plain', -2],
    ],
  );
  expect(csv).toBe('name,cost\r\n"a ""b"", c",1.5\r\n\'=1+1,\r\nplain,-2\r\n');
});
