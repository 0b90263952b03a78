import { Anchor, Button, Group, Switch, Table, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import {
  changeWeakSourceMutation,
  deleteWeakSourceMutation,
  runWeakSourceMutation,
} from '@/api/@tanstack/react-query.gen';
import type { WeakLabelsOut, WeakSourceOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { ConfirmButton } from '@/components/ConfirmButton';
import { EmptyState } from '@/components/EmptyState';
import { LiveDot } from '@/components/LiveDot';
import { Panel } from '@/components/Panel';
import { Time } from '@/components/Time';
import { useProjectAction } from '@/hooks/use-project-action';
import { formatCount, formatShare } from '@/lib/numbers';
import { KINDS } from '@/lib/weak';
import { Refusals } from './Refusals';
import type { WeakViewProps } from './search';
import { coverageFinding, standing } from './weak';

interface SourcesPanelProps extends WeakViewProps {
  projectId: number;
  weak: WeakLabelsOut;
  mayChange: boolean;
}

/** The sources of weak labels: how much of the pool each covers, whether it counts, and where sources conflict. */
export function SourcesPanel({ projectId, weak, mayChange, search, onSearch }: SourcesPanelProps) {
  return (
    <Panel title={coverageFinding(weak)}>
      {weak.sources.length === 0 ? (
        <EmptyState title="What is cheap to know of these samples?">
          {mayChange
            ? 'Below, bring in a table of labels, write a rule over the samples’ metadata, or join a public table, or have web pages collected. '
            : 'A manager brings in tables, rules over metadata, public tables or web pages. '}
          Training starts from such labels before experts are paid, as far as the experts’ own labels show
          that it helps.
        </EmptyState>
      ) : (
        <>
          <Together weak={weak} />
          <Table.ScrollContainer minWidth={760}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Source</Table.Th>
                  <Table.Th className="number">Labels</Table.Th>
                  <Table.Th className="number">Of the pool</Table.Th>
                  <Table.Th className="number">Conflicts</Table.Th>
                  <Table.Th className="number">Refused</Table.Th>
                  <Table.Th>Run</Table.Th>
                  <Table.Th>Counts</Table.Th>
                  {mayChange && <Table.Th aria-label="Actions" />}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {weak.sources.map((source) => (
                  <SourceRow
                    key={source.id}
                    projectId={projectId}
                    source={source}
                    pool={weak.pool}
                    mayChange={mayChange}
                    onRefusals={() => onSearch({ ...search, source: source.id })}
                  />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </>
      )}
      <Refusals projectId={projectId} search={search} onSearch={onSearch} />
    </Panel>
  );
}

function Together({ weak: { together, classes } }: { weak: WeakLabelsOut }) {
  if (!together) return null;
  return (
    <Group gap="md" mb="xs">
      <Text size="sm" c="dimmed">
        Together they probably make
      </Text>
      {classes.map((one, place) => (
        <Text key={one.id} size="sm" component="span">
          <ClassName of={one} />{' '}
          <span className="number">{formatCount(Math.round(together.expected[place] ?? 0))}</span>
        </Text>
      ))}
    </Group>
  );
}

interface SourceRowProps {
  projectId: number;
  source: WeakSourceOut;
  pool: number;
  mayChange: boolean;
  onRefusals: () => void;
}

function SourceRow({ projectId, source, pool, mayChange, onRefusals }: SourceRowProps) {
  const path = { project_id: projectId, source_id: source.id };
  const change = useMutation({ ...changeWeakSourceMutation(), ...useProjectAction() });
  const { judged } = source;
  return (
    <Table.Tr data-testid="weak-source">
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          {source.state === 'running' && <LiveDot label="Being run" />}
          <span>
            {source.name}{' '}
            <Text span size="xs" c="dimmed">
              {KINDS[source.kind]}
            </Text>
          </span>
        </Group>
        {source.state === 'failed' && (
          <Text size="xs" c="var(--bad)">
            {source.error}
          </Text>
        )}
      </Table.Td>
      <Table.Td className="number">{formatCount(source.labeled)}</Table.Td>
      <Table.Td className="number">{formatShare(source.labeled / Math.max(pool, 1))}</Table.Td>
      <Table.Td className="number">
        {judged && judged.shared > 0 ? (
          <span title={`${formatCount(judged.shared)} samples are labeled by another source too`}>
            {formatCount(judged.conflicting)} of {formatCount(judged.shared)}
          </span>
        ) : (
          '–'
        )}
      </Table.Td>
      <Table.Td className="number">
        {source.refused === 0 ? (
          '0'
        ) : (
          <Anchor component="button" type="button" size="sm" onClick={onRefusals}>
            {formatCount(source.refused)}
            <span className="visually-hidden"> rows of {source.name} refused, see why</span>
          </Anchor>
        )}
      </Table.Td>
      <Table.Td>
        <Time at={source.finished_at ?? source.created_at} />
      </Table.Td>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          {mayChange && (
            <Switch
              size="xs"
              checked={source.enabled}
              aria-label={`${source.name} counts`}
              onChange={(event) => change.mutate({ path, body: { enabled: event.currentTarget.checked } })}
            />
          )}
          <Text size="xs" c={judged?.contradicts || source.state === 'failed' ? 'var(--bad)' : 'dimmed'}>
            {standing(source)}
          </Text>
        </Group>
      </Table.Td>
      {mayChange && (
        <Table.Td>
          <SourceActions path={path} source={source} />
        </Table.Td>
      )}
    </Table.Tr>
  );
}

function SourceActions({
  path,
  source,
}: {
  path: { project_id: number; source_id: number };
  source: WeakSourceOut;
}) {
  const run = useMutation({
    ...runWeakSourceMutation(),
    ...useProjectAction(() => `${source.name} is run over the pool again.`),
  });
  const remove = useMutation({
    ...deleteWeakSourceMutation(),
    ...useProjectAction(() => `${source.name} is gone.`),
  });
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      <Button
        size="compact-xs"
        variant="default"
        loading={run.isPending}
        disabled={source.state === 'running' || source.state === 'waiting'}
        aria-label={`Run ${source.name} again`}
        onClick={() => run.mutate({ path })}
      >
        Run again
      </Button>
      <ConfirmButton
        label="Delete"
        does={`Delete ${source.name}`}
        aria-label={`Delete ${source.name}…`}
        variant="subtle"
        loading={remove.isPending}
        onConfirm={() => remove.mutate({ path })}
      >
        The source goes, with its {formatCount(source.labeled)} labels. Experts’ labels and the models that
        learned from it stay.
      </ConfirmButton>
    </Group>
  );
}
