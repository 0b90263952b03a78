import type { ReactNode } from 'react';
import { type Permission, useMay } from '@/hooks/use-may';

interface MayProps {
  projectId: number;
  /** What one must be permitted in the project to see the children. */
  to: Permission;
  children: ReactNode;
}

export function May({ projectId, to, children }: MayProps) {
  return useMay(projectId, to) ? children : null;
}
