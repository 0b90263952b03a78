import { expect, test } from 'vitest';
import { plural } from '@/lib/numbers';
import { mixedIn } from './mixed-in';

test('what is mixed into a round is named, and only that', () => {
  expect(mixedIn({ asked_again: 2, honeypots: 1, blind: 3 }, plural)).toBe(
    '2 asked again, 1 honeypot, 3 blind',
  );
  expect(mixedIn({ asked_again: 0, honeypots: 2, blind: 0 }, plural)).toBe('2 honeypots');
  expect(mixedIn({ asked_again: 0, honeypots: 0, blind: 0 }, plural)).toBeNull();
});
