// What the signed-in person may do in a project, as the API's table of roles has it.
import { useQuery } from '@tanstack/react-query';
import { getOutlineOptions } from '@/api/@tanstack/react-query.gen';
import type { Permission } from '@/lib/pages';

export type { Permission } from '@/lib/pages';

const NONE: Permission[] = [];

/** Role and permissions do not change often: they are asked for again after a minute, and after every change. */
export function outlineOptions(projectId: number) {
  return { ...getOutlineOptions({ path: { project_id: projectId } }), staleTime: 60_000 };
}

/** Empty until they are known, and outside of projects. */
export function usePermissions(projectId: number | undefined): Permission[] {
  const outline = useQuery({ ...outlineOptions(projectId ?? 0), enabled: projectId !== undefined });
  return outline.data?.permissions ?? NONE;
}

/** False until it is known: a control appears late rather than being refused. */
export function useMay(projectId: number | undefined, permission: Permission): boolean {
  return usePermissions(projectId).includes(permission);
}
