import { Button, Stack } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { getMyQueueOptions } from '@/api/@tanstack/react-query.gen';
import type { MyQueueOut } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { AnswerTable } from '@/features/work/AnswerTable';
import { DonePanel } from '@/features/work/DonePanel';
import { NextItem } from '@/features/work/NextItem';
import { WaitingList } from '@/features/work/WaitingList';
import classes from './loop.module.css';

const route = getRouteApi('/signed-in/projects/$projectId/my-queue');

/** Somebody labels in another tab: what they answered should be gone from here soon. */
const WORKING_MS = 5_000;
const SHOWN = 24;

/** An annotator's page: what is next, and why this one. */
export function MyQueuePage() {
  const { projectId } = route.useParams();
  const { item: chosen, page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const queue = useQuery({
    ...getMyQueueOptions({ path: { project_id: projectId }, query: { limit: SHOWN } }),
    refetchInterval: WORKING_MS,
    placeholderData: keepPreviousData,
  });
  if (queue.isError && !queue.data) {
    return <ErrorNotice error={queue.error} onRetry={() => queue.refetch()} />;
  }
  if (!queue.data) return <Skeletons heights={[460, 160]} />;
  const { items } = queue.data;
  const shown = items.find((item) => item.id === chosen) ?? items[0];
  const search = (next: { item?: number; page?: number }) => navigate({ search: next, resetScroll: false });
  return (
    <div className={classes.columns}>
      <Stack gap="sm" miw={0}>
        {shown ? <NextItem item={shown} first={shown === items[0]} /> : <Nothing queue={queue.data} />}
        {items.length > 1 && shown && (
          <Panel title="Waiting for you, the most valuable first">
            <WaitingList
              items={items}
              shownId={shown.id}
              onShow={(item) => search({ item: item.id, page })}
            />
          </Panel>
        )}
        <AnswerTable
          projectId={projectId}
          page={page}
          onPage={(next) => search({ item: chosen, page: next })}
        />
      </Stack>
      <div>
        <DonePanel queue={queue.data} />
      </div>
    </div>
  );
}

function Nothing({ queue }: { queue: MyQueueOut }) {
  return (
    <Panel title="Next for you">
      <EmptyState
        title={queue.notice}
        action={
          queue.label_studio_url && (
            <Button
              component="a"
              variant="default"
              href={queue.label_studio_url}
              target="_blank"
              rel="noreferrer"
              rightSection={<IconExternalLink size={14} />}
            >
              Label Studio
            </Button>
          )
        }
      />
    </Panel>
  );
}
