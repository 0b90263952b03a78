import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { readAllNotificationsMutation } from '@/api/@tanstack/react-query.gen';
import { useProjectAction } from '@/hooks/use-project-action';

export function ReadAllButton({ projectId, unread }: { projectId: number; unread: number }) {
  const readAll = useMutation({ ...readAllNotificationsMutation(), ...useProjectAction() });
  if (unread === 0) return null;
  return (
    <Button
      variant="subtle"
      loading={readAll.isPending}
      onClick={() => readAll.mutate({ path: { project_id: projectId } })}
    >
      Mark all as read
    </Button>
  );
}
