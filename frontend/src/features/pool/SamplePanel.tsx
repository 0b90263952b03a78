import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listSamplesOptions } from '@/api/@tanstack/react-query.gen';
import type { LabelClassOut, SampleOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Pager } from '@/components/Pager';
import { Panel } from '@/components/Panel';
import { SampleLink } from '@/components/SampleLink';
import { Skeletons } from '@/components/Skeletons';
import { useFresh } from '@/hooks/use-fresh';
import { plural } from '@/lib/numbers';
import classes from './SamplePanel.module.css';
import type { PoolViewProps } from './search';

const PAGE_SIZE = 60;

interface SamplePanelProps extends PoolViewProps {
  projectId: number;
  labelClasses: LabelClassOut[];
}

/** The pool itself, page by page. */
export function SamplePanel({ projectId, labelClasses, search, onSearch }: SamplePanelProps) {
  const page = search.page ?? 1;
  const samples = useQuery({
    ...listSamplesOptions({
      path: { project_id: projectId },
      query: { label: search.label, offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE },
    }),
    ...useFresh(projectId),
  });
  return (
    <Panel
      title={samples.data ? plural(samples.data.count, 'sample') : 'Samples'}
      actions={
        <Select
          aria-label="Label"
          placeholder="Any label"
          size="xs"
          w={180}
          clearable
          data={labelClasses.map((one) => ({ value: String(one.id), label: one.name }))}
          value={search.label ? String(search.label) : null}
          onChange={(label) =>
            onSearch({ ...search, page: undefined, label: label ? Number(label) : undefined })
          }
        />
      }
    >
      {samples.isError && !samples.data && (
        <ErrorNotice error={samples.error} onRetry={() => samples.refetch()} />
      )}
      {samples.isPending && <Skeletons heights={[300]} />}
      {samples.data?.count === 0 && (
        <EmptyState title={search.label ? 'No sample has this label yet' : 'The pool is empty'}>
          {!search.label && 'Once pictures are imported, the gold set is drawn from them first.'}
        </EmptyState>
      )}
      <ul className={classes.grid}>
        {samples.data?.items.map((sample) => (
          <Sample key={sample.id} sample={sample} />
        ))}
      </ul>
      <Pager
        page={page}
        size={PAGE_SIZE}
        count={samples.data?.count ?? 0}
        onPage={(next) => onSearch({ ...search, page: next })}
      />
    </Panel>
  );
}

function Sample({ sample }: { sample: SampleOut }) {
  return (
    <li className={classes.sample} data-testid="sample">
      <SampleLink id={sample.id}>
        <img
          src={sample.picture_url}
          alt={sample.name}
          title={`${sample.name}, ${sample.width} × ${sample.height}`}
          loading="lazy"
          decoding="async"
        />
      </SampleLink>
      <div className={classes.caption}>
        {sample.label ? <ClassName of={sample.label} /> : <span className={classes.none}>no label</span>}
        {sample.role === 'gold' && <span title="In the gold set: measured on, never trained on">gold</span>}
      </div>
    </li>
  );
}
