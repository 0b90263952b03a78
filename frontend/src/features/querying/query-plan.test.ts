import { describe, expect, it } from 'vitest';
import type { RecipeOut } from '@/api/types.gen';
import { nextRecipe, planError, planValues, toPlan, total, usedSentence } from './query-plan';

const MIXTURE = {
  kind: 'mixture' as const,
  parts: [
    { recipe: 'badge', share: 0.75 },
    { recipe: 'look-alike', share: 0.25 },
  ],
};

describe('a query plan', () => {
  it('goes into the form and comes back the same', () => {
    for (const plan of [
      { kind: 'usual' as const, parts: [] },
      { kind: 'auto' as const, parts: [] },
      { kind: 'recipe' as const, parts: [{ recipe: 'bald', share: 1 }] },
      MIXTURE,
    ])
      expect(toPlan(planValues(plan))).toEqual(plan);
  });

  it('holds shares in percent', () => {
    const { parts } = planValues(MIXTURE);
    expect(parts.map(({ share }) => share)).toEqual([75, 25]);
    expect(total(parts)).toBe(100);
  });

  it('needs a share of each way, and no way twice', () => {
    const values = planValues(MIXTURE);
    expect(planError(values)).toBeNull();
    expect(planError({ ...values, parts: [] })).toBe('Add a way of asking.');
    expect(planError({ ...values, parts: [{ recipe: 'badge', share: '' }] })).toContain('above 0%');
    expect(planError({ ...values, parts: [...values.parts, { recipe: 'badge', share: 5 }] })).toContain(
      'twice',
    );
    expect(planError({ ...values, kind: 'auto', parts: [] })).toBeNull();
  });

  it('offers what the mixture does not hold yet', () => {
    const recipes = ['badge', 'bald'].map((name) => ({ name }) as RecipeOut);
    expect(nextRecipe(recipes, [{ recipe: 'badge', share: 1 }])).toBe('bald');
    expect(
      nextRecipe(
        recipes,
        recipes.map(({ name }) => ({ recipe: name, share: 1 })),
      ),
    ).toBeUndefined();
  });
});

describe('what a round used', () => {
  const used = {
    round_number: 7,
    kind: 'mixture' as const,
    described: '',
    shares: [
      { recipe: 'margin', title: 'Close calls', share: 0.54 },
      { recipe: 'class-threshold', title: 'Border of each class', share: 0.36 },
    ],
    control_share: 0.1,
    left_out: [],
    arms: [],
    advice: null,
  };

  it('is told in a sentence', () => {
    expect(usedSentence(used)).toBe(
      'Round 7 asked by 54% Close calls and 36% Border of each class; 10% were drawn at random.',
    );
    expect(usedSentence({ ...used, shares: [], control_share: 1 })).toBe(
      'Round 7: 100% were drawn at random.',
    );
  });
});
