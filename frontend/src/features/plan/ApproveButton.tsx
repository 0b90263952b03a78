import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { approvePlanMutation } from '@/api/@tanstack/react-query.gen';
import { useProjectAction } from '@/hooks/use-project-action';

/** Reserves the money: nothing is spent before somebody answers, and items can still be withdrawn. */
export function ApproveButton({ projectId, price }: { projectId: number; price: string }) {
  const approve = useMutation({
    ...approvePlanMutation(),
    ...useProjectAction(() => 'Approved: heatmaps are drawn, then the round is sent.'),
  });
  return (
    <Button loading={approve.isPending} onClick={() => approve.mutate({ path: { project_id: projectId } })}>
      Approve and reserve {price}
    </Button>
  );
}
