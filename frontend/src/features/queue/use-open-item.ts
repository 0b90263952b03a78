// A link may lead to an item that is not in the list beside it: of another round, page or state.
import { useQuery } from '@tanstack/react-query';
import { getQueueItemOptions } from '@/api/@tanstack/react-query.gen';
import type { QueueItemOut } from '@/api/types.gen';
import { useFresh } from '@/hooks/use-fresh';

/** The item as the list has it, or else asked for by its id; nothing is asked without one. */
export function useOpenItem(projectId: number, listed: QueueItemOut | undefined, openId: number | undefined) {
  const { refetchInterval } = useFresh(projectId);
  const linked = useQuery({
    ...getQueueItemOptions({ path: { project_id: projectId, item_id: openId ?? 0 } }),
    enabled: openId !== undefined && listed === undefined,
    refetchInterval,
  });
  return { item: listed ?? linked.data, error: linked.error };
}
