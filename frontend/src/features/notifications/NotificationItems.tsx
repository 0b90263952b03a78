import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { readNotificationMutation } from '@/api/@tanstack/react-query.gen';
import type { NotificationOut } from '@/api/types.gen';
import { PathLink } from '@/components/PathLink';
import { Time } from '@/components/Time';
import { useProjectAction } from '@/hooks/use-project-action';
import { KINDS } from './kinds';
import classes from './NotificationItems.module.css';

interface NotificationItemsProps {
  items: NotificationOut[];
  projectId: number;
  onFollow?: () => void;
}

/** What happened, each with the way to the page that shows it; following it, or the tick, marks it as read. */
export function NotificationItems({ items, projectId, onFollow }: NotificationItemsProps) {
  const read = useMutation({ ...readNotificationMutation(), ...useProjectAction() });
  const markRead = (item: NotificationOut) => {
    if (!item.read) read.mutate({ path: { project_id: projectId, notification_id: item.id } });
  };
  return (
    <ul className={classes.list}>
      {items.map((item) => (
        <li key={item.id} className={classes.item} data-unread={!item.read} data-testid="notification">
          <span className={classes.dot} role="img" aria-label={item.read ? 'Read' : 'Unread'} />
          <div>
            <PathLink
              path={item.path}
              className={classes.sentence}
              onFollow={() => {
                markRead(item);
                onFollow?.();
              }}
            >
              {item.sentence}
            </PathLink>
            <div className={classes.detail}>
              {KINDS[item.kind]}, <Time at={item.at} />
            </div>
          </div>
          {!item.read && (
            <Tooltip label="Mark as read">
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Mark as read: ${item.sentence}`}
                onClick={() => markRead(item)}
              >
                <IconCheck size={16} />
              </ActionIcon>
            </Tooltip>
          )}
        </li>
      ))}
    </ul>
  );
}
