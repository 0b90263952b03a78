import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listModelsOptions } from '@/api/@tanstack/react-query.gen';
import type { ProjectOut } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useFresh } from '@/hooks/use-fresh';
import { VersionCard } from './VersionCard';

interface VersionListProps {
  project: ProjectOut;
  /** How many there are, so that their place is kept while they load. */
  count: number;
}

const CARD_HEIGHT = 206;

/** All versions, the newest first. */
export function VersionList({ project, count }: VersionListProps) {
  const models = useQuery({
    ...listModelsOptions({ path: { project_id: project.id } }),
    ...useFresh(project.id),
  });
  if (models.isError && !models.data)
    return <ErrorNotice error={models.error} onRetry={() => models.refetch()} />;
  if (!models.data) return <Skeletons heights={Array.from({ length: count }, () => CARD_HEIGHT)} />;
  if (models.data.length === 0) {
    return (
      <Panel title="Versions">
        <EmptyState title="No model version yet">
          The first one is trained once the gold set and enough other labels are settled. Each version is kept
          here with its measures, the verdict on it and its ONNX file.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Stack gap="sm">
      {[...models.data]
        .sort((one, other) => other.number - one.number)
        .map((model) => (
          <VersionCard
            key={model.number}
            projectId={project.id}
            model={model}
            currency={project.budget.currency}
            labelClasses={project.classes}
          />
        ))}
    </Stack>
  );
}
