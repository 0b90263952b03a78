import { Group, SegmentedControl, Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { listNotificationsOptions } from '@/api/@tanstack/react-query.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Pager } from '@/components/Pager';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { CALM_MS } from '@/hooks/use-fresh';
import { plural } from '@/lib/numbers';
import { KINDS, type Kind } from './kinds';
import { NotificationItems } from './NotificationItems';
import { ReadAllButton } from './ReadAllButton';
import type { NotificationViewProps } from './search';

const PAGE_SIZE = 25;

/** Everything one was told of in the project: unread first, then the newest. */
export function NotificationPanel({ projectId, search, onSearch }: NotificationViewProps) {
  const { only, kind, page = 1 } = search;
  const list = useQuery({
    ...listNotificationsOptions({
      path: { project_id: projectId },
      query: { unread: only === 'unread', kind, offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE },
    }),
    refetchInterval: CALM_MS,
    placeholderData: keepPreviousData,
  });
  const unread = list.data?.unread ?? 0;
  return (
    <Panel
      title={unread > 0 ? `Notifications · ${plural(unread, 'is unread', 'are unread')}` : 'Notifications'}
      actions={
        <Group gap="xs">
          <ReadAllButton projectId={projectId} unread={unread} />
          <SegmentedControl
            size="xs"
            aria-label="Which"
            value={only ?? 'all'}
            data={['all', 'unread']}
            onChange={(chosen) =>
              onSearch({ ...search, page: undefined, only: chosen === 'unread' ? 'unread' : undefined })
            }
          />
          <Select
            size="xs"
            w={210}
            aria-label="Kind"
            placeholder="Every kind"
            clearable
            data={Object.entries(KINDS).map(([value, label]) => ({ value, label }))}
            value={kind ?? null}
            onChange={(chosen) =>
              onSearch({ ...search, page: undefined, kind: (chosen as Kind | null) ?? undefined })
            }
          />
        </Group>
      }
    >
      {list.isError && !list.data && <ErrorNotice error={list.error} onRetry={() => list.refetch()} />}
      {list.isPending && <Skeletons heights={[44, 44, 44]} />}
      {list.data?.count === 0 && (
        <EmptyState title={only || kind ? 'Nothing of that kind' : 'Nothing yet'}>
          What needs somebody (money, failed jobs, people nobody knows) and what is finished is told here.
        </EmptyState>
      )}
      {list.data && <NotificationItems items={list.data.items} projectId={projectId} />}
      <Pager
        page={page}
        size={PAGE_SIZE}
        count={list.data?.count ?? 0}
        onPage={(next) => onSearch({ ...search, page: next })}
      />
    </Panel>
  );
}
