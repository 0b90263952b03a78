import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { listLedgerOptions } from '@/api/@tanstack/react-query.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Pager } from '@/components/Pager';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useFresh } from '@/hooks/use-fresh';
import { plural } from '@/lib/numbers';
import { LedgerTable } from './LedgerTable';

const PAGE_SIZE = 50;

interface LedgerPanelProps {
  projectId: number;
  page: number;
  onPage: (page: number) => void;
}

/** Every movement of money there has been. */
export function LedgerPanel({ projectId, page, onPage }: LedgerPanelProps) {
  const ledger = useQuery({
    ...listLedgerOptions({
      path: { project_id: projectId },
      query: { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE },
    }),
    ...useFresh(projectId),
  });
  if (ledger.isError && !ledger.data)
    return <ErrorNotice error={ledger.error} onRetry={() => ledger.refetch()} />;
  if (!ledger.data) return <Skeletons heights={[420]} />;
  const { budget, count, items } = ledger.data;
  return (
    <Panel
      title={`Ledger · ${plural(count, 'movement')}`}
      actions={
        <Button
          component="a"
          href={`/api/projects/${projectId}/ledger.csv`}
          download
          variant="default"
          leftSection={<IconDownload size={14} />}
        >
          CSV
        </Button>
      }
    >
      {count === 0 ? (
        <EmptyState title="No movement yet">
          Money is reserved when a round is filled, charged when an answer comes, and released when a sample
          is skipped or withdrawn.
        </EmptyState>
      ) : (
        <LedgerTable entries={items} currency={budget.currency} />
      )}
      <Pager page={page} size={PAGE_SIZE} count={count} onPage={onPage} />
    </Panel>
  );
}
