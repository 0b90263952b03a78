import { Group, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listQueueOptions, listRoundsOptions } from '@/api/@tanstack/react-query.gen';
import type { RoundOut } from '@/api/types.gen';
import { useFresh } from '@/hooks/use-fresh';
import { ITEM_STATES, type QueueSearch, queueQuery, type StateFilter } from './search';

interface QueueFiltersProps {
  projectId: number;
  search: QueueSearch;
  onSearch: (search: QueueSearch) => void;
}

export function QueueFilters({ projectId, search, onSearch }: QueueFiltersProps) {
  const rounds = useQuery({
    ...listRoundsOptions({ path: { project_id: projectId } }),
    ...useFresh(projectId),
  });
  const strategies = useStrategies(projectId, search);
  const choose = (chosen: QueueSearch) =>
    onSearch({ ...search, page: undefined, item: undefined, ...chosen });
  return (
    <Group gap={6}>
      <Select
        aria-label="Round"
        placeholder="Current round"
        size="xs"
        w={150}
        clearable
        data={(rounds.data ?? []).map((round) => ({ value: String(round.number), label: roundName(round) }))}
        value={search.round ? String(search.round) : null}
        onChange={(round) => choose({ round: round ? Number(round) : undefined, strategy: undefined })}
      />
      <Select
        aria-label="State"
        placeholder="Any state"
        size="xs"
        w={124}
        clearable
        data={Object.entries(ITEM_STATES).map(([value, label]) => ({ value, label }))}
        value={search.state ?? null}
        onChange={(state) => choose({ state: (state as StateFilter | null) ?? undefined })}
      />
      <Select
        aria-label="Strategy"
        placeholder="Any strategy"
        size="xs"
        w={140}
        clearable
        data={strategies}
        value={search.strategy ?? null}
        onChange={(strategy) => choose({ strategy: strategy ?? undefined })}
      />
    </Group>
  );
}

function roundName(round: RoundOut): string {
  const name = round.kind === 'gold' ? `${round.number} gold set` : `Round ${round.number}`;
  return round.state === 'closed' ? name : `${name}, ${round.state}`;
}

/** The strategies met in the round, whatever the other filters; the answer is shared with the unfiltered gallery. */
function useStrategies(projectId: number, { round, strategy }: QueueSearch): string[] {
  const all = useQuery({ ...listQueueOptions(queueQuery(projectId, { round })), staleTime: 60_000 });
  const met = (all.data?.items ?? []).map((item) => item.strategy);
  return [...new Set(strategy ? [strategy, ...met] : met)].sort();
}
