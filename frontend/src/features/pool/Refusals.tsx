import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { listRefusalsOptions } from '@/api/@tanstack/react-query.gen';
import { RefusalsModal } from '@/components/RefusalsModal';
import { plural } from '@/lib/numbers';
import type { PoolViewProps } from './search';

const PAGE_SIZE = 50;

/** What a source held that was not let in: row by row, with the reason. */
export function Refusals({ projectId, search, onSearch }: PoolViewProps & { projectId: number }) {
  const page = search.refusals ?? 1;
  const refusals = useQuery({
    ...listRefusalsOptions({
      path: { project_id: projectId, source_id: search.source ?? 0 },
      query: { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE },
    }),
    enabled: search.source !== undefined,
    placeholderData: keepPreviousData,
  });
  return (
    <RefusalsModal
      opened={search.source !== undefined}
      title={refusals.data ? `${plural(refusals.data.count, 'file')} refused` : 'Refused files'}
      column="File"
      refusals={refusals}
      page={page}
      size={PAGE_SIZE}
      count={refusals.data?.count ?? 0}
      onPage={(next) => onSearch({ ...search, refusals: next })}
      onClose={() => onSearch({ ...search, source: undefined, refusals: undefined })}
    />
  );
}
