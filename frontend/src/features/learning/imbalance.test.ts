import { describe, expect, it } from 'vitest';
import { imbalanceErrors, optionsOf, valuesOf } from './imbalance';

const VALUES = valuesOf({});

describe('the means against imbalance', () => {
  it('are the default where nothing was said, and come back as they were sent', () => {
    expect(VALUES.weights).toBe('balanced');
    expect(VALUES.method).toBe('all');
    const changed = { ...VALUES, focal_gamma: 2, method: 'under', ratio: 5 } as const;
    expect(valuesOf(optionsOf(changed))).toEqual(changed);
  });

  it('are refused by their field', () => {
    const wrong = { ...VALUES, beta: 1, focal_gamma: -1, logit_adjustment: '', ratio: 0.5 } as const;
    expect(Object.keys(imbalanceErrors(wrong)).sort()).toEqual([
      'beta',
      'focal_gamma',
      'logit_adjustment',
      'ratio',
    ]);
    expect(imbalanceErrors(VALUES)).toEqual({});
  });
});
