import { type ReactNode, useEffect, useRef } from 'react';
import classes from './Changed.module.css';

interface ChangedProps {
  /** What to watch: a mark appears for a moment whenever it differs from before. */
  value: string | number | null;
  children: ReactNode;
  'data-testid'?: string;
}

export function Changed({ value, children, ...rest }: ChangedProps) {
  const element = useRef<HTMLSpanElement>(null);
  const before = useRef(value);
  useEffect(() => {
    if (before.current === value) return;
    before.current = value;
    const node = element.current;
    if (!node) return;
    node.classList.remove(classes.changed ?? '');
    void node.offsetWidth; // the browser restarts an animation only after a layout without it
    node.classList.add(classes.changed ?? '');
  }, [value]);
  return (
    <span ref={element} {...rest}>
      {children}
    </span>
  );
}
