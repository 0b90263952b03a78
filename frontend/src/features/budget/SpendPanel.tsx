import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listSpendOptions } from '@/api/@tanstack/react-query.gen';
import type { SpendOut } from '@/api/types.gen';
import { DataActions } from '@/components/DataActions';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useFresh } from '@/hooks/use-fresh';
import { SpendBars } from './SpendBars';
import { SpendTable } from './SpendTable';
import { BY, type By, spendAsText, spendCsv, spendFinding, spendRows } from './spend';

export interface SpendView {
  by: By;
  table: boolean;
}

interface SpendPanelProps {
  projectId: number;
  currency: string;
  view: SpendView;
  onView: (view: SpendView) => void;
}

/** The ledger's sums by tier, annotator, class, strategy or round. */
export function SpendPanel({ projectId, currency, view, onView }: SpendPanelProps) {
  const spend = useQuery({
    ...listSpendOptions({ path: { project_id: projectId }, query: { by: view.by } }),
    ...useFresh(projectId),
    // Groups of another kind must not stand under this kind's name while they load.
    placeholderData: undefined,
  });
  if (spend.isError && !spend.data)
    return <ErrorNotice error={spend.error} onRetry={() => spend.refetch()} />;
  const rows = spend.data && spendRows(spend.data, view.by);
  return (
    <Panel
      title={rows ? spendFinding(rows, view.by, currency) : 'Where did the money go?'}
      actions={
        <DataActions
          of={`spending by ${BY[view.by].toLowerCase()}`}
          table={view.table}
          onTable={(table) => onView({ ...view, table })}
          csv={{ name: `spend-by-${view.by}.csv`, text: () => spendCsv(rows ?? [], view.by) }}
        />
      }
    >
      <SegmentedControl
        size="xs"
        mb="sm"
        aria-label="Spending by"
        value={view.by}
        onChange={(by) => onView({ ...view, by: by as By })}
        data={Object.entries(BY).map(([value, label]) => ({ value, label }))}
      />
      <Groups groups={spend.data} view={view} currency={currency} />
    </Panel>
  );
}

interface GroupsProps {
  groups: SpendOut[] | undefined;
  view: SpendView;
  currency: string;
}

function Groups({ groups, view, currency }: GroupsProps) {
  if (!groups) return <Skeletons heights={[120]} />;
  const rows = spendRows(groups, view.by);
  if (rows.length === 0) {
    return (
      <EmptyState title="Nothing spent yet">
        Each answer is charged to its tier, annotator, class, strategy and round; their sums appear here.
      </EmptyState>
    );
  }
  if (view.table) return <SpendTable rows={rows} by={view.by} currency={currency} />;
  return (
    <>
      <p className="visually-hidden">{spendAsText(rows, view.by, currency)}</p>
      <SpendBars rows={rows} currency={currency} />
    </>
  );
}
