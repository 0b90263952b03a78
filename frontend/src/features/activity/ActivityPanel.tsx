import { Button, Group, Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { listActivityOptions, listPeopleOptions } from '@/api/@tanstack/react-query.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Pager } from '@/components/Pager';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { CALM_MS } from '@/hooks/use-fresh';
import { plural } from '@/lib/numbers';
import { ActivityTable } from './ActivityTable';
import { ACTIONS, type Action } from './actions';
import type { ActivitySearch } from './search';

const PAGE_SIZE = 50;

interface ActivityPanelProps {
  projectId: number;
  currency: string;
  search: ActivitySearch;
  onSearch: (search: ActivitySearch) => void;
}

/** Who changed what in the project, the newest first. */
export function ActivityPanel({ projectId, currency, search, onSearch }: ActivityPanelProps) {
  const { action, by, page = 1 } = search;
  const activity = useQuery({
    ...listActivityOptions({
      path: { project_id: projectId },
      query: { action, by, offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE },
    }),
    refetchInterval: CALM_MS,
    placeholderData: keepPreviousData,
  });
  const filtered = action !== undefined || by !== undefined;
  return (
    <Panel
      title={
        activity.data?.count
          ? `Who changed what · ${plural(activity.data.count, 'change')}`
          : 'Who changed what'
      }
      actions={<Filters projectId={projectId} search={search} onSearch={onSearch} />}
    >
      {activity.isError && !activity.data && (
        <ErrorNotice error={activity.error} onRetry={() => activity.refetch()} />
      )}
      {activity.isPending && <Skeletons heights={[36, 36, 36, 36]} />}
      {activity.data?.count === 0 && (
        <EmptyState
          title={filtered ? 'No such change' : 'No change yet'}
          action={
            filtered && (
              <Button variant="default" onClick={() => onSearch({})}>
                Clear the filters
              </Button>
            )
          }
        >
          {!filtered &&
            'Budget, rates, roles, rules, promotions: whatever somebody changes is kept here for good.'}
        </EmptyState>
      )}
      {activity.data && activity.data.count > 0 && (
        <ActivityTable entries={activity.data.items} currency={currency} />
      )}
      <Pager
        page={page}
        size={PAGE_SIZE}
        count={activity.data?.count ?? 0}
        onPage={(next) => onSearch({ ...search, page: next })}
      />
    </Panel>
  );
}

function Filters({ projectId, search, onSearch }: Omit<ActivityPanelProps, 'currency'>) {
  const people = useQuery(listPeopleOptions({ path: { project_id: projectId } }));
  return (
    <Group gap="xs">
      <Select
        size="xs"
        w={200}
        aria-label="What"
        placeholder="Every change"
        clearable
        searchable
        data={Object.entries(ACTIONS).map(([value, label]) => ({ value, label }))}
        value={search.action ?? null}
        onChange={(action) =>
          onSearch({ ...search, page: undefined, action: (action as Action | null) ?? undefined })
        }
      />
      <Select
        size="xs"
        w={200}
        aria-label="Who"
        placeholder="By anybody"
        clearable
        searchable
        data={people.data?.members.map((one) => ({
          value: String(one.user_id),
          label: one.name || one.email,
        }))}
        value={search.by === undefined ? null : String(search.by)}
        onChange={(by) => onSearch({ ...search, page: undefined, by: by === null ? undefined : Number(by) })}
      />
    </Group>
  );
}
