import { ActionIcon, Button, Group, Progress, Stack, Text, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { compareBackbonesMutation, getZooOptions } from '@/api/@tanstack/react-query.gen';
import type { ComparingOut, ZooOut } from '@/api/types.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { LiveDot } from '@/components/LiveDot';
import { May } from '@/components/May';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { Time } from '@/components/Time';
import { useFresh } from '@/hooks/use-fresh';
import { useProjectAction } from '@/hooks/use-project-action';
import { downloadCsv } from '@/lib/csv';
import { formatCount, plural } from '@/lib/numbers';
import { AddBackbone } from './AddBackbone';
import { BackboneTable } from './BackboneTable';
import { headline, isOld, switchSentence, zooCsv } from './backbones';
import { OwnList } from './OwnList';

/** The model zoo: what there is, which of it suits this pool, and the choice of another. */
export function BackbonesPanel({ projectId, currency }: { projectId: number; currency: string }) {
  const found = useQuery({ ...getZooOptions({ path: { project_id: projectId } }), ...useFresh(projectId) });
  if (found.isError && !found.data)
    return <ErrorNotice error={found.error} onRetry={() => found.refetch()} />;
  if (!found.data) return <Skeletons heights={[220]} />;
  const zoo = found.data;
  return (
    <Panel
      title={headline(zoo)}
      actions={
        <Group gap={6}>
          <May projectId={projectId} to="run_loop">
            <CompareButton projectId={projectId} zoo={zoo} />
          </May>
          <May projectId={projectId} to="change_settings">
            <AddBackbone projectId={projectId} zoo={zoo} />
          </May>
          <Tooltip label="Download as CSV">
            <ActionIcon
              variant="default"
              aria-label="Download the backbones as CSV"
              onClick={() => downloadCsv('backbones.csv', zooCsv(zoo))}
            >
              <IconDownload size={16} />
            </ActionIcon>
          </Tooltip>
        </Group>
      }
    >
      <Stack gap="xs">
        <Switching zoo={zoo} />
        {zoo.comparing && <Comparing job={zoo.comparing} />}
        <BackboneTable projectId={projectId} zoo={zoo} currency={currency} />
        <OwnList projectId={projectId} own={zoo.own} />
        <Basis zoo={zoo} />
      </Stack>
    </Panel>
  );
}

function CompareButton({ projectId, zoo }: { projectId: number; zoo: ZooOut }) {
  const compare = useMutation({
    ...compareBackbonesMutation(),
    ...useProjectAction(() => 'The backbones are being compared.'),
  });
  return (
    <Button
      variant="default"
      loading={compare.isPending}
      disabled={zoo.comparing?.live || zoo.missing.length > 0}
      onClick={() => compare.mutate({ path: { project_id: projectId } })}
    >
      {zoo.comparison ? 'Compare again' : 'Compare them'}
    </Button>
  );
}

function Switching({ zoo }: { zoo: ZooOut }) {
  const sentence = switchSentence(zoo);
  if (!sentence || !zoo.switch) return null;
  const { embedded, samples } = zoo.switch;
  return (
    <div data-testid="switch">
      <Text size="sm">
        <LiveDot label="Changing the backbone" /> {sentence}
      </Text>
      {embedded < samples && (
        <Progress
          value={(100 * embedded) / samples}
          size="sm"
          aria-label={`${embedded} of ${samples} samples`}
        />
      )}
    </div>
  );
}

function Comparing({ job }: { job: ComparingOut }) {
  if (!job.live)
    return (
      <Text size="sm" c="var(--bad)">
        The last comparison failed: {job.error}
      </Text>
    );
  const label =
    job.total > 0 ? `${formatCount(job.done)} of ${formatCount(job.total)} ${job.unit}` : 'waiting';
  return (
    <div>
      <Text size="sm">
        <LiveDot label="Comparing" /> Comparing: {label}.
      </Text>
      <Progress value={job.total > 0 ? (100 * job.done) / job.total : 0} size="sm" aria-label={label} />
    </div>
  );
}

/** What the figures rest on, or what is needed before there are any. */
function Basis({ zoo }: { zoo: ZooOut }) {
  const { comparison, missing } = zoo;
  if (missing.length > 0)
    return (
      <Text size="xs" c="dimmed">
        To compare them on your own labels, label {missing.join(', ')}: each class needs five by experts, in
        groups of their own.
      </Text>
    );
  if (!comparison)
    return (
      <Text size="xs" c="dimmed">
        Comparing trains heads on each, on the labels at hand, and says which costs least on samples it has
        not learned from, with intervals. It takes a few minutes of a worker and no money of the budget.
      </Text>
    );
  return (
    <Text size="xs" c="dimmed">
      {isOld(zoo) && `Held against ${comparison.current}, which was in use then. `}
      Heads on the pretrained backbones, five-fold, on {plural(comparison.labels, 'label')}
      {comparison.of > comparison.labels && ` of ${formatCount(comparison.of)}`} by experts,{' '}
      <Time at={comparison.made_at} />. Labels that were asked for are harder than the pool, so the costs are
      for comparing only. The intervals of the differences hold together at 95%. A backbone that was
      fine-tuned to this pool is not among them.
    </Text>
  );
}
