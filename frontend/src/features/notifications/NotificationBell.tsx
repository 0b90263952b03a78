import { ActionIcon, Button, Group, Indicator, Popover, Stack, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBell } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listNotificationsOptions } from '@/api/@tanstack/react-query.gen';
import { CALM_MS } from '@/hooks/use-fresh';
import { formatCount } from '@/lib/numbers';
import { NotificationItems } from './NotificationItems';
import { ReadAllButton } from './ReadAllButton';

const SHOWN = 6;

/** How much is unread in the project; a click shows the latest. */
export function NotificationBell({ projectId }: { projectId: number }) {
  const [opened, { toggle, close }] = useDisclosure(false);
  const page = useQuery({
    ...listNotificationsOptions({ path: { project_id: projectId }, query: { limit: SHOWN } }),
    refetchInterval: CALM_MS,
  });
  const unread = page.data?.unread ?? 0;
  const label = unread > 0 ? `Notifications, ${formatCount(unread)} unread` : 'Notifications';
  return (
    <Popover opened={opened} onDismiss={close} width="min(400px, 96vw)" position="bottom-end" trapFocus>
      <Popover.Target>
        <Tooltip label={label} disabled={opened}>
          <Indicator
            label={unread > 99 ? '99+' : unread}
            disabled={unread === 0}
            size={16}
            offset={6}
            color="accent"
            processing={false}
          >
            <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={toggle}>
              <IconBell size={18} stroke={1.6} />
            </ActionIcon>
          </Indicator>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          {page.data?.count === 0 ? (
            <Text size="sm" c="dimmed">
              Nothing yet. What needs you, and what is finished, is told here.
            </Text>
          ) : (
            <NotificationItems items={page.data?.items ?? []} projectId={projectId} onFollow={close} />
          )}
          <Group justify="space-between" gap="xs">
            <Button
              variant="default"
              onClick={close}
              renderRoot={(props) => (
                <Link to="/projects/$projectId/notifications" params={{ projectId }} {...props} />
              )}
            >
              All notifications
            </Button>
            <ReadAllButton projectId={projectId} unread={unread} />
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
