import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { screen } from '@testing-library/react';
import type { ReactElement } from 'react';
import { describe, expect, it } from 'vitest';
import type { AugmentationOut, TransformOut } from '@/api/types.gen';
import { renderPage } from '@/testing/render';
import { augmentationErrors, isDrawnFor, optionsOf, valuesOf, warning } from './augmentation';
import { PreviewGrid } from './PreviewGrid';

const TRANSFORMS: TransformOut[] = [
  { name: 'light', title: 'Brightness', sentence: 'A little brighter.', may_break: false },
  { name: 'mirror', title: 'Mirror', sentence: 'Breaks labels where side matters.', may_break: true },
];

const FIXED = {
  mode: 'fixed' as const,
  allowed: ['mirror'],
  transforms: ['light', 'mirror'],
  strength: 0.8,
};

function found(changes: Partial<AugmentationOut> = {}): AugmentationOut {
  return {
    options: FIXED,
    transforms: TRANSFORMS,
    samples: 12,
    drawing: null,
    preview: {
      options: FIXED,
      rows: [
        {
          sample_id: 3,
          sample_name: 'cell-3.png',
          original_url: '/media/a',
          versions: [
            { policy: 'light', url: '/media/b' },
            { policy: 'medium', url: '/media/c' },
          ],
        },
      ],
      made_at: '2026-11-25T00:00:00Z',
    },
    ...changes,
  };
}

describe('the form', () => {
  it('sends what is allowed among what is chosen, and reads it back', () => {
    const values = valuesOf(FIXED, TRANSFORMS);
    expect(values.transforms).toEqual(['light']);
    expect(optionsOf(values)).toEqual(FIXED);
    expect(optionsOf({ ...values, mode: 'searched' }).transforms).toEqual([]);
  });

  it('asks for a transform where they are chosen by hand', () => {
    const none = { mode: 'fixed' as const, transforms: [], allowed: [], strength: 0.5 };
    expect(augmentationErrors(none).transforms).toMatch(/^Choose one/);
    expect(augmentationErrors({ ...none, mode: 'searched' })).toEqual({});
    expect(augmentationErrors({ ...none, allowed: ['mirror'] })).toEqual({});
  });

  it('warns of what is allowed, and of nothing else', () => {
    expect(warning([], TRANSFORMS)).toBeNull();
    expect(warning(['mirror'], TRANSFORMS)).toMatch(/^Mirror: Breaks labels where side matters\. Look at/);
  });
});

describe('the preview', () => {
  it('knows for which options it was drawn', () => {
    const values = valuesOf(FIXED, TRANSFORMS);
    expect(isDrawnFor(found(), values)).toBe(true);
    expect(isDrawnFor(found(), { ...values, strength: 0.3 })).toBe(false);
    expect(isDrawnFor(found(), { ...values, mode: 'searched' })).toBe(false);
    expect(isDrawnFor(found({ preview: null }), values)).toBe(false);
  });

  function show(shown: ReactElement) {
    const routeTree = createRootRoute({ component: () => shown });
    renderPage(<RouterProvider router={createRouter({ routeTree, history: createMemoryHistory() })} />);
  }

  it('shows each sample as it is and its versions, each with its words', async () => {
    show(<PreviewGrid projectId={1} found={found()} mode="fixed" current />);
    expect(await screen.findByText(/^As a deep run sees them/)).toBeDefined();
    const pictures = screen.getAllByAltText(/^cell-3/).map((one) => one.getAttribute('alt'));
    expect(pictures).toEqual([
      'cell-3.png as it is',
      'cell-3.png, version 1, light',
      'cell-3.png, version 2, medium',
    ]);
  });

  it('says when it is of other options and being drawn', async () => {
    const live = found({ drawing: { live: true, error: '' } });
    show(<PreviewGrid projectId={1} found={live} mode="fixed" current={false} />);
    expect(await screen.findByText(/^Drawn for other options/)).toBeDefined();
    expect(screen.getByText(/Drawing the versions/)).toBeDefined();
  });

  it('says why it could not be drawn', async () => {
    const failed = found({ drawing: { live: false, error: 'a.png: cannot identify' }, preview: null });
    show(<PreviewGrid projectId={1} found={failed} mode="searched" current={false} />);
    expect(await screen.findByText(/could not be drawn: a\.png/)).toBeDefined();
    expect(screen.getByText('Not drawn yet')).toBeDefined();
  });
});
