import { SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { getSampleOptions } from '@/api/@tanstack/react-query.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Skeletons } from '@/components/Skeletons';
import { AnswersPanel } from '@/features/samples/AnswersPanel';
import { AskedPanel } from '@/features/samples/AskedPanel';
import { CorrectionForm } from '@/features/samples/CorrectionForm';
import { Discussion } from '@/features/samples/Discussion';
import { HistoryPanel } from '@/features/samples/HistoryPanel';
import { LabelPanel } from '@/features/samples/LabelPanel';
import { SamplePicture } from '@/features/samples/SamplePicture';
import { itemWithHeat } from '@/features/samples/sample';
import { WeakPanel } from '@/features/samples/WeakPanel';
import { useFresh, useOverview } from '@/hooks/use-fresh';
import { useMay } from '@/hooks/use-may';
import classes from './loop.module.css';

const route = getRouteApi('/signed-in/projects/$projectId/samples/$sampleId');

/** One sample: what it is, why, what that cost, and all that led there. */
export function SamplePage() {
  const { projectId, sampleId } = route.useParams();
  const { item: wanted } = route.useSearch();
  const navigate = route.useNavigate();
  const overview = useOverview(projectId);
  const found = useQuery({
    ...getSampleOptions({ path: { project_id: projectId, sample_id: sampleId } }),
    ...useFresh(projectId),
  });
  const mayCorrect = useMay(projectId, 'correct_labels');
  if (found.isError && !found.data)
    return <ErrorNotice error={found.error} onRetry={() => found.refetch()} />;
  if (!found.data || !overview.data) return <Skeletons heights={[520, 160, 240]} />;
  const sample = found.data;
  const currency = sample.cost?.currency ?? '';
  const item = itemWithHeat(sample.asked, wanted);
  return (
    <Stack gap="sm">
      <div className={classes.columns}>
        <SamplePicture projectId={projectId} sample={sample} item={item} />
        <Stack gap="sm">
          <LabelPanel sample={sample} />
          {mayCorrect && (
            <CorrectionForm
              key={sample.id}
              projectId={projectId}
              sample={sample}
              labelClasses={overview.data.project.classes}
            />
          )}
        </Stack>
      </div>
      <AnswersPanel sample={sample} currency={currency} />
      {sample.weak && <WeakPanel weak={sample.weak} label={sample.label} />}
      <AskedPanel
        projectId={projectId}
        sample={sample}
        currency={currency}
        shown={item?.id}
        onShow={(chosen) => navigate({ search: { item: chosen.id }, resetScroll: false })}
      />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="sm" style={{ alignItems: 'start' }}>
        <HistoryPanel history={sample.history} currency={currency} />
        <Discussion key={sample.id} projectId={projectId} sample={sample} />
      </SimpleGrid>
    </Stack>
  );
}
