import { Group, Select, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { listModelsOptions } from '@/api/@tanstack/react-query.gen';
import { EmptyState } from '@/components/EmptyState';
import { ReportFrame } from '@/components/ReportFrame';
import { Skeletons } from '@/components/Skeletons';
import { ComparePanel } from '@/features/compare/ComparePanel';
import type { Comparison } from '@/features/compare/compare';
import { RobustnessBeside } from '@/features/robustness/RobustnessBeside';

const route = getRouteApi('/signed-in/projects/$projectId/models/$number/compare');

export function VersionComparePage() {
  const { projectId, number } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const models = useQuery(listModelsOptions({ path: { project_id: projectId } }));
  if (!models.data) return <Skeletons heights={[40, 320]} />;
  const others = models.data.filter((one) => one.number !== number);
  // Unless another is named: the one that it was judged against, or the newest that served before it.
  const before = others.find((one) => one.number < number && one.state !== 'rejected') ?? others[0];
  const other = others.find((one) => one.number === search.with) ?? before;
  if (!other) {
    return (
      <EmptyState title="There is no other version to compare with yet">
        The next training run makes one; it is then compared by itself.
      </EmptyState>
    );
  }
  return (
    <Stack gap="sm">
      <Group>
        <Select
          label={`Compare v${number} with`}
          data={others.map((one) => ({ value: String(one.number), label: `v${one.number}, ${one.state}` }))}
          value={String(other.number)}
          allowDeselect={false}
          onChange={(chosen) => navigate({ search: { with: Number(chosen) }, replace: true })}
        />
      </Group>
      <ReportFrame<Comparison>
        projectId={projectId}
        number={number}
        kind="comparison"
        subject={String(other.number)}
        asks="Compare them"
        empty={{
          title: `v${number} was not compared with v${other.number} yet`,
          text: 'Both decide on the same gold: what the one fixes and breaks, with both maps of each flipped decision. Takes seconds.',
        }}
      >
        {(found) => <ComparePanel number={number} found={found} />}
      </ReportFrame>
      <RobustnessBeside projectId={projectId} number={number} other={other.number} />
    </Stack>
  );
}
