import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { listWeakRefusalsOptions } from '@/api/@tanstack/react-query.gen';
import { RefusalsModal } from '@/components/RefusalsModal';
import { formatCount, plural } from '@/lib/numbers';
import type { WeakViewProps } from './search';

const PAGE_SIZE = 50;

/** Of which rows or samples a source could make no label, and why. */
export function Refusals({ projectId, search, onSearch }: WeakViewProps & { projectId: number }) {
  const page = search.refusals ?? 1;
  const refusals = useQuery({
    ...listWeakRefusalsOptions({
      path: { project_id: projectId, source_id: search.source ?? 0 },
      query: { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE },
    }),
    enabled: search.source !== undefined,
    placeholderData: keepPreviousData,
  });
  const of = refusals.data;
  return (
    <RefusalsModal
      opened={search.source !== undefined}
      title={of ? `${plural(of.count, 'row')} refused` : 'Refused rows'}
      column="Key or sample"
      refusals={refusals}
      note={of && of.kept < of.count ? `The first ${formatCount(of.kept)} are kept.` : undefined}
      page={page}
      size={PAGE_SIZE}
      count={of?.kept ?? 0}
      onPage={(next) => onSearch({ ...search, refusals: next })}
      onClose={() => onSearch({ ...search, source: undefined, refusals: undefined })}
    />
  );
}
