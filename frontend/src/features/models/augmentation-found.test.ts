import { describe, expect, it } from 'vitest';
import type { AugmentationFoundOut, TriedPolicyOut } from '@/api/types.gen';
import { augmentationFinding, heldOut } from './augmentation-found';

const NONE: TriedPolicyOut = {
  name: 'none',
  transforms: [],
  strength: 0.5,
  held_out: 24,
  held_out_loss: 0.4,
  difference: null,
  probability_better: null,
};

function found(changes: Partial<AugmentationFoundOut>): AugmentationFoundOut {
  return { mode: 'searched', kept: 'none', reason: '', tried: [NONE], ...changes };
}

describe('what a run found', () => {
  it('is said as it is', () => {
    expect(augmentationFinding(found({}))).toBe('No augmentation was better beyond noise: none was kept');
    expect(augmentationFinding(found({ kept: 'light' }))).toMatch(/^Augmentation “light” did better/);
    expect(augmentationFinding(found({ reason: 'Too few.' }))).toBe('No augmentation was tried');
    const chosen = found({
      mode: 'fixed',
      kept: 'fixed',
      tried: [{ ...NONE, transforms: ['blur', 'light'] }],
    });
    expect(augmentationFinding(chosen)).toBe('Learned from changed pictures: blur, light');
    expect(heldOut(chosen)).toContain('not held against a run without it');
    expect(heldOut(found({}))).toBe(
      'By 24 labels that none of them learned from, each class alike; less is better.',
    );
  });
});
