import { SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { getProjectOptions, listPeopleOptions } from '@/api/@tanstack/react-query.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Skeletons } from '@/components/Skeletons';
import { AnnotatorPanel } from '@/features/people/AnnotatorPanel';
import { InvitePanel } from '@/features/people/InvitePanel';
import { MemberPanel } from '@/features/people/MemberPanel';
import { TierPanel } from '@/features/people/TierPanel';
import { UnknownPanel } from '@/features/people/UnknownPanel';
import { CALM_MS } from '@/hooks/use-fresh';

const route = getRouteApi('/signed-in/projects/$projectId/people');

/** Who labels, for how much, and who may do what. */
export function PeoplePage() {
  const { projectId } = route.useParams();
  const project = useQuery(getProjectOptions({ path: { project_id: projectId } }));
  const people = useQuery({
    ...listPeopleOptions({ path: { project_id: projectId } }),
    refetchInterval: CALM_MS,
  });
  const failed = [project, people].find((query) => query.isError && !query.data);
  if (failed) return <ErrorNotice error={failed.error} onRetry={() => failed.refetch()} />;
  if (!people.data || !project.data) return <Skeletons heights={[220, 260]} />;
  const { currency } = project.data.budget;
  const { annotators, tiers, members, invitations } = people.data;
  const unknown = annotators.filter((one) => one.tier_id === null);
  const known = annotators.filter((one) => one.tier_id !== null);
  return (
    <Stack gap="sm">
      <UnknownPanel projectId={projectId} unknown={unknown} tiers={tiers} currency={currency} />
      <AnnotatorPanel projectId={projectId} annotators={known} tiers={tiers} currency={currency} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="sm" style={{ alignItems: 'start' }}>
        <MemberPanel projectId={projectId} members={members} annotators={annotators} />
        <Stack gap="sm">
          <InvitePanel projectId={projectId} invitations={invitations} tiers={tiers} />
          <TierPanel projectId={projectId} tiers={tiers} currency={currency} />
        </Stack>
      </SimpleGrid>
    </Stack>
  );
}
