// What the signed-in person may do in a project, as the API's table of roles has it.
import { useQuery } from '@tanstack/react-query';
import { getOutlineOptions } from '@/api/@tanstack/react-query.gen';
import type { ProjectOutlineOut } from '@/api/types.gen';

export type Permission = ProjectOutlineOut['permissions'][number];

/** False until it is known: a control appears late rather than being refused. */
export function useMay(projectId: number, permission: Permission): boolean {
  const outline = useQuery({ ...getOutlineOptions({ path: { project_id: projectId } }), staleTime: 60_000 });
  return outline.data?.permissions.includes(permission) ?? false;
}
