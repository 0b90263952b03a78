import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';

interface PathLinkProps {
  /** An address of ours that the API gave. */
  path: string;
  className?: string | undefined;
  onFollow?: () => void;
  children: ReactNode;
}

/** A link within the page to an address that is only known as text. */
export function PathLink({ path, className, onFollow, children }: PathLinkProps) {
  const router = useRouter();
  const follow = (event: MouseEvent) => {
    onFollow?.();
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    router.history.push(path);
  };
  return (
    <a href={path} className={className} onClick={follow}>
      {children}
    </a>
  );
}
