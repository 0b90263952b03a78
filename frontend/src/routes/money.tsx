import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useLocation } from '@tanstack/react-router';
import { getBudgetOptions, getForecastOptions } from '@/api/@tanstack/react-query.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Skeletons } from '@/components/Skeletons';
import { BudgetState } from '@/features/budget/BudgetState';
import { BurnDownPanel } from '@/features/budget/BurnDownPanel';
import { FanPanel } from '@/features/budget/FanPanel';
import { ForecastPanel } from '@/features/budget/ForecastPanel';
import { MoneyParts } from '@/features/budget/MoneyParts';
import { asTable, type MoneySearch } from '@/features/budget/search';
import { useFresh, useOverview } from '@/hooks/use-fresh';
import { useMay } from '@/hooks/use-may';
import { BUDGET_FIELD } from '@/lib/search';
import classes from './money.module.css';

const route = getRouteApi('/signed-in/projects/$projectId/money');

/** What is left, how long it lasts and what it still buys; below, where it went. */
export function MoneyPage() {
  const { projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const toppingUp = useLocation({ select: ({ hash }) => hash === BUDGET_FIELD });
  const mayChange = useMay(projectId, 'change_money');
  const maySet = useMay(projectId, 'change_settings');
  const overview = useOverview(projectId);
  const budget = useQuery({
    ...getBudgetOptions({ path: { project_id: projectId } }),
    ...useFresh(projectId),
  });
  const forecast = useQuery({
    ...getForecastOptions({ path: { project_id: projectId } }),
    ...useFresh(projectId),
  });
  const show = (changes: MoneySearch) => navigate({ search: { ...search, ...changes }, resetScroll: false });
  if (budget.isError && !budget.data)
    return <ErrorNotice error={budget.error} onRetry={() => budget.refetch()} />;
  if (forecast.isError && !forecast.data)
    return <ErrorNotice error={forecast.error} onRetry={() => forecast.refetch()} />;
  if (!budget.data || !forecast.data || !overview.data) return <Skeletons heights={[220, 246, 320]} />;
  return (
    <Stack gap="sm">
      <div className={classes.first}>
        <BudgetState
          projectId={projectId}
          budget={budget.data}
          rate={overview.data.project.rate}
          mayChange={mayChange}
          toppingUp={toppingUp}
        />
        <ForecastPanel
          forecast={forecast.data}
          project={overview.data.project}
          mayChange={maySet}
          amount={search.next}
          onAmount={(next) => show({ next })}
        />
        <BurnDownPanel
          projectId={projectId}
          currency={budget.data.currency}
          needed={forecast.data.target_reached ? undefined : forecast.data.to_target?.total}
          table={search.burn === 'table'}
          onTable={(table) => show({ burn: asTable(table) })}
        />
        <FanPanel
          forecast={forecast.data}
          table={search.fan === 'table'}
          onTable={(table) => show({ fan: asTable(table) })}
        />
      </div>
      <MoneyParts
        projectId={projectId}
        budget={budget.data}
        forecast={forecast.data}
        counts={overview.data.labels.by_class}
        mayChange={mayChange}
        search={search}
        onSearch={show}
      />
    </Stack>
  );
}
