import { describe, expect, it } from 'vitest';
import { insteadOf, PAGES, type Permission, pagesFor } from './pages';

const ANNOTATOR: Permission[] = ['outline', 'own_work'];
const VIEWER: Permission[] = ['outline', 'see', 'see_money', 'see_people', 'see_activity', 'be_notified'];

describe('the navigation', () => {
  it('shows an annotator their own queue and nothing else', () => {
    expect(pagesFor(ANNOTATOR).map((letter) => PAGES[letter].name)).toEqual(['My queue']);
  });

  it('shows a viewer everything but a queue of their own and what they cannot change', () => {
    const names = pagesFor(VIEWER).map((letter) => PAGES[letter].name);
    expect(names).toHaveLength(Object.keys(PAGES).length - 2);
    expect(names).not.toContain('My queue');
    expect(names).not.toContain('Settings');
  });
});

describe('a page that one may not see', () => {
  it.each(['/projects/7', '/projects/7/', '/projects/7/queue', '/projects/7/samples/3'])(
    'leads an annotator from %s to their queue',
    (path) => {
      expect(insteadOf(path, 7, ANNOTATOR)).toBe('/projects/$projectId/my-queue');
    },
  );

  it('leads a viewer from a queue that is not theirs to the loop', () => {
    expect(insteadOf('/projects/7/my-queue', 7, VIEWER)).toBe('/projects/$projectId');
  });
});

it('lets people stay where they may be', () => {
  expect(insteadOf('/projects/7/my-queue', 7, ANNOTATOR)).toBeNull();
  expect(insteadOf('/projects/7/money', 7, VIEWER)).toBeNull();
  expect(insteadOf('/projects/7/samples/3', 7, VIEWER)).toBeNull();
});
