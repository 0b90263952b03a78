import { describe, expect, it } from 'vitest';
import {
  expectedPrice,
  INITIAL,
  labelsBought,
  type ProjectValues,
  toProjectIn,
  validate,
  withClass,
  withMissCost,
  withoutClass,
} from './form';

const VALID: ProjectValues = {
  ...INITIAL,
  name: 'Solar cells',
  classes: [
    { name: 'functional', color: '#0072b2' },
    { name: 'defective', color: '#d55e00' },
  ],
};

function errorsOf(changes: Partial<ProjectValues>): string[] {
  return Object.keys(validate({ ...VALID, ...changes }));
}

describe('a form', () => {
  it('without faults has no errors', () => {
    expect(validate(VALID)).toEqual({});
  });

  it('fresh asks for the names', () => {
    expect(Object.keys(validate(INITIAL)).sort()).toEqual(['classes.0.name', 'classes.1.name', 'name']);
  });

  it.each<[string, Partial<ProjectValues>, string]>([
    ['a name too short', { name: ' ab ' }, 'name'],
    ['no currency of this world', { currency: 'USX' }, 'currency'],
    ['an empty budget', { budget: '' }, 'budget'],
    ['a negative budget', { budget: -1 }, 'budget'],
    ['a budget finer than the ledger', { budget: 1.00001 }, 'budget'],
    ['a round of half a sample', { round_size: 0.5 }, 'round_size'],
    ['no gold set', { gold_size: 0 }, 'gold_size'],
    ['a rate of no amount', { rate: { ...VALID.rate, amount: '' } }, 'rate.amount'],
    ['labels in no time', { rate: { ...VALID.rate, expected_seconds: 0 } }, 'rate.expected_seconds'],
    [
      'a class without a colour',
      {
        classes: [
          { name: 'a', color: 'red' },
          { name: 'b', color: '#000000' },
        ],
      },
      'classes.0.color',
    ],
    [
      'two classes of one name',
      {
        classes: [
          { name: 'A', color: '#000000' },
          { name: 'a ', color: '#000000' },
        ],
      },
      'classes.1.name',
    ],
    [
      'a negative cost',
      {
        costs: [
          [0, -1],
          [1, 0],
        ],
      },
      'costs.0.1',
    ],
    [
      'mistakes that cost nothing',
      {
        costs: [
          [0, 0],
          [0, 0],
        ],
      },
      'costs',
    ],
  ])('with %s names the field', (_, changes, field) => {
    expect(errorsOf(changes)).toEqual([field]);
  });

  it('paid by the label does not ask for seconds', () => {
    const rate = { kind: 'per_label' as const, amount: 2, expected_seconds: '', cap_seconds: '' };
    expect(errorsOf({ rate })).toEqual([]);
    expect(toProjectIn({ ...VALID, rate }).rate).toEqual({ kind: 'per_label', amount: 2 });
  });
});

describe('what the budget buys', () => {
  const hourly = { kind: 'hourly' as const, amount: 100, expected_seconds: 36, cap_seconds: 120 };

  it('follows the rate', () => {
    expect(expectedPrice({ rate: hourly })).toBeCloseTo(1);
    expect(labelsBought({ rate: hourly, budget: 600 })).toBe(600);
  });

  it('expects no more than the cap', () => {
    expect(expectedPrice({ rate: { ...hourly, cap_seconds: 18 } })).toBeCloseTo(0.5);
  });

  it('cannot be said of free labels or an unfinished rate', () => {
    expect(labelsBought({ rate: { ...hourly, amount: 0 }, budget: 600 })).toBeNull();
    expect(labelsBought({ rate: { ...hourly, amount: '' }, budget: 600 })).toBeNull();
  });
});

describe('classes and costs', () => {
  it('grow together', () => {
    const { classes, costs } = withClass({
      ...VALID,
      costs: [
        [0, 1],
        [20, 0],
      ],
    });
    expect(classes).toHaveLength(3);
    expect(costs).toEqual([
      [0, 1, 1],
      [20, 0, 1],
      [1, 1, 0],
    ]);
  });

  it('shrink together, whichever class goes', () => {
    const three = {
      ...VALID,
      ...withClass({
        ...VALID,
        costs: [
          [0, 1],
          [20, 0],
        ],
      }),
    };
    expect(withoutClass(three, 0).costs).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(withoutClass(three, 2).costs).toEqual([
      [0, 1],
      [20, 0],
    ]);
  });

  it('can be priced by the class that is missed', () => {
    expect(
      withMissCost(
        [
          [0, 1],
          [1, 0],
        ],
        1,
        20,
      ),
    ).toEqual([
      [0, 1],
      [20, 0],
    ]);
  });
});
