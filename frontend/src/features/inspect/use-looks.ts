// Pictures are looked at one after another, so that the first is there soon and a bad one stops none.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { LooksOut } from '@/api/types.gen';
import { messageOf } from '@/lib/errors';
import type { Asked } from './inspect';

export type Look = (asked: Asked) => Promise<LooksOut>;

/** `look` is made anew when the model, the method or a setting changes; `again` then looks at all of them anew. */
export function useLooks(look: Look | null) {
  const [asked, setAsked] = useState<Asked[]>([]);
  const busy = useRef(false);
  const change = useCallback(
    (key: string, to: Partial<Asked>) =>
      setAsked((all) => all.map((one) => (one.key === key ? { ...one, ...to } : one))),
    [],
  );
  useEffect(() => {
    const next = asked.find((one) => one.state === 'waiting');
    if (!look || !next || busy.current) return;
    busy.current = true;
    change(next.key, { state: 'looking' });
    look(next)
      .then(({ pictures: [found] }) =>
        change(next.key, {
          state: found?.error ? 'failed' : 'done',
          look: found,
          error: found?.error || undefined,
        }),
      )
      .catch((error: unknown) => change(next.key, { state: 'failed', error: messageOf(error) }))
      .finally(() => {
        busy.current = false;
      });
  }, [asked, look, change]);
  const add = useCallback(
    (more: Asked[]) =>
      setAsked((all) => [...all, ...more.filter(({ key }) => !all.some((one) => one.key === key))]),
    [],
  );
  const remove = useCallback((key: string) => setAsked((all) => all.filter((one) => one.key !== key)), []);
  const again = useCallback(
    () => setAsked((all) => all.map((one) => ({ ...one, state: 'waiting' as const, error: undefined }))),
    [],
  );
  const clear = useCallback(() => setAsked([]), []);
  return { asked, add, remove, again, clear };
}
