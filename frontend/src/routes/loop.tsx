import { Group, Stack } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback } from 'react';
import { ErrorNotice } from '@/components/ErrorNotice';
import { May } from '@/components/May';
import { Skeletons } from '@/components/Skeletons';
import { BudgetPanel } from '@/features/budget/BudgetPanel';
import { AutopilotSwitch } from '@/features/loop/AutopilotSwitch';
import { LabelsByClass } from '@/features/loop/LabelsByClass';
import { LoopStrip } from '@/features/loop/LoopStrip';
import { NextStep } from '@/features/loop/NextStep';
import { SimulationBanner } from '@/features/loop/SimulationBanner';
import { TrainButtons } from '@/features/models/TrainButtons';
import { CurvePanel } from '@/features/quality/CurvePanel';
import { OpenRoundButton } from '@/features/queue/OpenRoundButton';
import { QueuePanel } from '@/features/queue/QueuePanel';
import type { QueueSearch } from '@/features/queue/search';
import { useOverview } from '@/hooks/use-fresh';
import classes from './loop.module.css';

const route = getRouteApi('/signed-in/projects/$projectId/');

/** The first screen: what the next point of quality costs, what is next, and why. */
export function LoopPage() {
  const { projectId } = route.useParams();
  const { metric, view, ...search } = route.useSearch();
  const navigate = route.useNavigate();
  const overview = useOverview(projectId);
  const onSearch = useCallback(
    (queue: QueueSearch) => navigate({ search: { metric, view, ...queue }, resetScroll: false }),
    [navigate, metric, view],
  );
  if (overview.isError && !overview.data) {
    return <ErrorNotice error={overview.error} onRetry={() => overview.refetch()} />;
  }
  if (!overview.data) return <Skeletons heights={[66, 30, 300, 280]} />;
  const { project, model, labels } = overview.data;
  return (
    <Stack gap="sm">
      {project.simulated_experts && <SimulationBanner notice={project.notice} />}
      <LoopStrip overview={overview.data} />
      <Group justify="space-between" gap="xs">
        <NextStep overview={overview.data} />
        <Group gap="xs">
          <May projectId={projectId} to="change_settings">
            <AutopilotSwitch projectId={projectId} on={project.autopilot} />
          </May>
          <May projectId={projectId} to="run_loop">
            <OpenRoundButton project={project} />
            <TrainButtons projectId={projectId} training={model.training} />
          </May>
        </Group>
      </Group>
      <div className={classes.columns}>
        <CurvePanel
          projectId={projectId}
          currency={project.budget.currency}
          untilTraining={labels.until_training}
          view={{ metric: metric ?? 'cost', table: view === 'table' }}
          onView={(next) =>
            navigate({
              search: {
                ...search,
                metric: next.metric === 'cost' ? undefined : next.metric,
                view: next.table ? 'table' : undefined,
              },
              resetScroll: false,
            })
          }
        />
        <BudgetPanel budget={project.budget}>
          <LabelsByClass counts={labels.by_class} />
        </BudgetPanel>
      </div>
      <QueuePanel overview={overview.data} search={search} onSearch={onSearch} />
    </Stack>
  );
}
