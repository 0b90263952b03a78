import { Stack } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { May } from '@/components/May';
import { EmailPanel } from '@/features/notifications/EmailPanel';
import { NotificationPanel } from '@/features/notifications/NotificationPanel';
import type { NotificationSearch } from '@/features/notifications/search';
import { WebhookPanel } from '@/features/notifications/WebhookPanel';
import classes from './loop.module.css';

const route = getRouteApi('/signed-in/projects/$projectId/notifications');

/** What happened, which of it comes by e-mail, and the programs that are told. */
export function NotificationsPage() {
  const { projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const onSearch = useCallback(
    (next: NotificationSearch) => navigate({ search: next, resetScroll: false }),
    [navigate],
  );
  const view = { projectId, search, onSearch };
  return (
    <Stack gap="sm">
      <div className={classes.columns}>
        <NotificationPanel {...view} />
        <EmailPanel projectId={projectId} />
      </div>
      <May projectId={projectId} to="manage_webhooks">
        <WebhookPanel {...view} />
      </May>
    </Stack>
  );
}
