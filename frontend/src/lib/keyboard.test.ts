import { describe, expect, it } from 'vitest';
import { CHORD_MS, isShortcut, moveInGrid, pressChord } from './keyboard';

describe('g and a letter', () => {
  const waiting = pressChord({ startedAt: null }, 'g', 0).chord;

  it('go to a page', () => {
    expect(pressChord(waiting, 'q', 400)).toEqual({ chord: { startedAt: null }, go: 'q' });
  });

  it('go nowhere when the letter comes too late, is unknown, or comes alone', () => {
    expect(pressChord(waiting, 'q', CHORD_MS + 1).go).toBeNull();
    expect(pressChord(waiting, 'x', 1).go).toBeNull();
    expect(pressChord({ startedAt: null }, 'q', 0).go).toBeNull();
  });

  it('can be begun again by another g', () => {
    expect(pressChord(waiting, 'g', 1000).chord.startedAt).toBe(1000);
  });
});

describe('arrows in a grid of 7, 3 a row', () => {
  it.each([
    ['ArrowRight', 0, 1],
    ['ArrowLeft', 0, 0],
    ['ArrowDown', 1, 4],
    ['ArrowDown', 5, 5],
    ['ArrowUp', 4, 1],
    ['ArrowRight', 6, 6],
    ['Home', 5, 0],
    ['End', 0, 6],
    ['a', 2, 2],
  ])('%s leads from %d to %d', (key, from, to) => {
    expect(moveInGrid(key, from, 7, 3)).toBe(to);
  });
});

describe('a shortcut', () => {
  function pressed(html: string, init: KeyboardEventInit = {}): boolean {
    document.body.innerHTML = html;
    let result = false;
    const listen = (event: KeyboardEvent) => {
      result = isShortcut(event);
    };
    document.body.addEventListener('keydown', listen);
    document.body.firstElementChild?.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, ...init }));
    document.body.removeEventListener('keydown', listen);
    return result;
  }

  it('is a key outside of fields', () => {
    expect(pressed('<div></div>', { key: 'h' })).toBe(true);
  });

  it.each(['<input>', '<textarea></textarea>', '<div role="slider"></div>'])(
    'is not typed into %s',
    (html) => {
      expect(pressed(html, { key: 'h' })).toBe(false);
    },
  );

  it('is not held with a modifier', () => {
    expect(pressed('<div></div>', { key: 'h', ctrlKey: true })).toBe(false);
  });
});
