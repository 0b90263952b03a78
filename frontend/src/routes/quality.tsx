import { SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { getQualityOptions } from '@/api/@tanstack/react-query.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Skeletons } from '@/components/Skeletons';
import { AgreementPanel } from '@/features/quality/AgreementPanel';
import { AnnotatorsPanel } from '@/features/quality/AnnotatorsPanel';
import { BlindPanel } from '@/features/quality/BlindPanel';
import { DoubtfulPanel } from '@/features/quality/DoubtfulPanel';
import type { QualitySearch } from '@/features/quality/search';
import { useFresh } from '@/hooks/use-fresh';

const route = getRouteApi('/signed-in/projects/$projectId/quality');

/** How far the answers can be trusted, and whether what is shown of the model helps to give them. */
export function QualityPage() {
  const { projectId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const quality = useQuery({
    ...getQualityOptions({ path: { project_id: projectId } }),
    ...useFresh(projectId),
  });
  if (quality.isError && !quality.data)
    return <ErrorNotice error={quality.error} onRetry={() => quality.refetch()} />;
  if (!quality.data) return <Skeletons heights={[240, 260, 180]} />;
  const show = (part: keyof QualitySearch) => ({
    table: search[part] === 'table',
    onTable: (table: boolean) =>
      navigate({ search: { ...search, [part]: table ? 'table' : undefined }, resetScroll: false }),
  });
  const { agreement, blind_study: study, doubtful, agreement_bar: bar, blind_share: share } = quality.data;
  return (
    <Stack gap="sm">
      <BlindPanel study={study} blindShare={share} {...show('blind')} />
      <AnnotatorsPanel quality={quality.data} {...show('annotators')} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="sm">
        <AgreementPanel agreement={agreement} {...show('agreement')} />
        <DoubtfulPanel doubtful={doubtful} bar={bar} />
      </SimpleGrid>
    </Stack>
  );
}
