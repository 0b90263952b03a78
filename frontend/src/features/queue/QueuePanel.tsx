import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useCallback } from 'react';
import { listQueueOptions } from '@/api/@tanstack/react-query.gen';
import type { OverviewOut, QueueItemOut, QueuePage } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { HeatSlider } from '@/components/HeatSlider';
import { ImportLink } from '@/components/ImportLink';
import { Pager } from '@/components/Pager';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useFresh } from '@/hooks/use-fresh';
import { shownOpacity, useHeat } from '@/hooks/use-heat';
import { useShortcut } from '@/hooks/use-shortcut';
import { plural } from '@/lib/numbers';
import { ItemDrawer } from './ItemDrawer';
import { QueueFilters } from './QueueFilters';
import { QueueGallery } from './QueueGallery';
import { PAGE_SIZE, type QueueSearch, queueQuery } from './search';

interface QueuePanelProps {
  overview: OverviewOut;
  search: QueueSearch;
  onSearch: (search: QueueSearch) => void;
  actions?: ReactNode;
}

/** The queued samples of a round: why each was chosen, what the model thinks of it, what it costs. */
export function QueuePanel({ overview, search, onSearch, actions }: QueuePanelProps) {
  const { project } = overview;
  const { heat, flip } = useHeat();
  const queue = useQuery({ ...listQueueOptions(queueQuery(project.id, search)), ...useFresh(project.id) });
  const open = useCallback(
    (item: QueueItemOut | null) =>
      onSearch(
        item ? { ...search, item: item.id, round: item.round_number } : { ...search, item: undefined },
      ),
    [search, onSearch],
  );
  useShortcut(useCallback((event) => event.key === 'h' && flip(), [flip]));
  return (
    <Panel
      title={titleOf(overview, search, queue.data)}
      actions={
        <Group gap="sm">
          <HeatSlider />
          <QueueFilters projectId={project.id} search={search} onSearch={onSearch} />
          {actions}
        </Group>
      }
    >
      {queue.isError && !queue.data && <ErrorNotice error={queue.error} onRetry={() => queue.refetch()} />}
      {queue.isPending && <Skeletons heights={[260]} />}
      {queue.data?.count === 0 && <EmptyQueue overview={overview} search={search} onSearch={onSearch} />}
      {queue.data && queue.data.count > 0 && (
        <QueueGallery
          items={queue.data.items}
          currency={project.budget.currency}
          openId={search.item}
          heatOpacity={shownOpacity(heat)}
          onOpen={open}
        />
      )}
      <Pager
        page={search.page ?? 1}
        size={PAGE_SIZE}
        count={queue.data?.count ?? 0}
        onPage={(page) => onSearch({ ...search, page, item: undefined })}
      />
      <ItemDrawer
        projectId={project.id}
        currency={project.budget.currency}
        items={queue.data?.items}
        openId={search.item}
        heatOpacity={shownOpacity(heat)}
        onOpen={open}
      />
    </Panel>
  );
}

function titleOf({ queue }: OverviewOut, search: QueueSearch, page: QueuePage | undefined): string {
  const round = search.round ?? queue.round_number;
  if (!page || page.count === 0 || round === null) return 'Queue';
  const kind = page.items[0]?.round_kind === 'gold' ? 'the gold set' : `round ${round}`;
  return `Queue · ${plural(page.count, 'sample')} of ${kind}`;
}

interface EmptyQueueProps {
  overview: OverviewOut;
  search: QueueSearch;
  onSearch: (search: QueueSearch) => void;
}

function EmptyQueue({ overview, search, onSearch }: EmptyQueueProps) {
  if (search.round || search.state || search.strategy) {
    return (
      <EmptyState
        title="No queued sample matches these filters"
        action={
          <Button variant="default" onClick={() => onSearch({})}>
            Clear the filters
          </Button>
        }
      />
    );
  }
  if (overview.pool.samples > 0) {
    return (
      <EmptyState title="The queue is empty">
        The next round fills it with the samples most worth an expert’s attention.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="The queue is empty" action={<ImportLink projectId={overview.project.id} />}>
      Once samples are in the pool, the ones most worth an expert’s attention appear here, each with the
      reason, a heatmap and its price.
    </EmptyState>
  );
}
