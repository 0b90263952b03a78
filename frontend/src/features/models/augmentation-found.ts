// What a deep run found out about learning from changed pictures, in words.
import type { AugmentationFoundOut } from '@/api/types.gen';
import { plural } from '@/lib/numbers';

export function augmentationFinding({ mode, kept, reason, tried }: AugmentationFoundOut): string {
  if (mode === 'fixed') return `Learned from changed pictures: ${tried[0]?.transforms.join(', ')}`;
  if (reason) return 'No augmentation was tried';
  if (kept === 'none') return 'No augmentation was better beyond noise: none was kept';
  return `Augmentation “${kept}” did better on held-out labels, and was kept`;
}

export function heldOut({ mode, tried }: AugmentationFoundOut): string {
  const labels = plural(tried[0]?.held_out ?? 0, 'label');
  return mode === 'fixed'
    ? `Chosen in the settings; not held against a run without it. ${labels} held out.`
    : `By ${labels} that none of them learned from, each class alike; less is better.`;
}
