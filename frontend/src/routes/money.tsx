import { Button, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useLocation } from '@tanstack/react-router';
import { listLedgerOptions } from '@/api/@tanstack/react-query.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Pager } from '@/components/Pager';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { BudgetForm } from '@/features/budget/BudgetForm';
import { BudgetPanel } from '@/features/budget/BudgetPanel';
import { LedgerTable } from '@/features/budget/LedgerTable';
import { rateSentence } from '@/features/budget/rate';
import { useFresh, useOverview } from '@/hooks/use-fresh';
import { BUDGET_FIELD } from '@/lib/search';

const PAGE_SIZE = 50;
const route = getRouteApi('/signed-in/projects/$projectId/money');

export function MoneyPage() {
  const { projectId } = route.useParams();
  const { page = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  const hash = useLocation({ select: (location) => location.hash });
  const overview = useOverview(projectId);
  const ledger = useQuery({
    ...listLedgerOptions({
      path: { project_id: projectId },
      query: { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE },
    }),
    ...useFresh(projectId),
  });
  if (ledger.isError && !ledger.data)
    return <ErrorNotice error={ledger.error} onRetry={() => ledger.refetch()} />;
  if (!ledger.data || !overview.data) return <Skeletons heights={[150, 420]} />;
  const { budget, count, items } = ledger.data;
  return (
    <Stack gap="sm">
      <BudgetPanel budget={budget}>
        <Text size="sm" c="dimmed" mt="xs">
          {rateSentence(overview.data.project.rate, budget.currency)}
        </Text>
        <BudgetForm
          key={budget.limit}
          projectId={projectId}
          budget={budget}
          focused={hash === BUDGET_FIELD}
        />
      </BudgetPanel>
      <Panel title="Ledger" actions={<CsvButton projectId={projectId} />}>
        {count === 0 ? (
          <EmptyState title="No movement yet">
            Money is reserved when a round is filled, charged when an expert answers, and released when a
            sample is skipped or withdrawn.
          </EmptyState>
        ) : (
          <LedgerTable entries={items} currency={budget.currency} />
        )}
        <Pager
          page={page}
          size={PAGE_SIZE}
          count={count}
          onPage={(next) => navigate({ search: { page: next } })}
        />
      </Panel>
    </Stack>
  );
}

function CsvButton({ projectId }: { projectId: number }) {
  return (
    <Button
      component="a"
      href={`/api/projects/${projectId}/ledger.csv`}
      download
      variant="default"
      leftSection={<IconDownload size={14} />}
    >
      CSV
    </Button>
  );
}
