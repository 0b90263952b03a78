import { Anchor, Group, Progress, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listSourcesOptions } from '@/api/@tanstack/react-query.gen';
import type { SourceOut } from '@/api/types.gen';
import { Changed } from '@/components/Changed';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { LiveDot } from '@/components/LiveDot';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { Time } from '@/components/Time';
import { useFresh } from '@/hooks/use-fresh';
import { formatCount } from '@/lib/numbers';
import { Refusals } from './Refusals';
import type { PoolViewProps } from './search';

/** Where the pool came from, and what of it was not let in. */
export function SourcePanel({ projectId, search, onSearch }: PoolViewProps & { projectId: number }) {
  const sources = useQuery({
    ...listSourcesOptions({ path: { project_id: projectId } }),
    ...useFresh(projectId),
  });
  return (
    <Panel title="Sources">
      {sources.isError && !sources.data && (
        <ErrorNotice error={sources.error} onRetry={() => sources.refetch()} />
      )}
      {sources.isPending && <Skeletons heights={[32, 32]} />}
      {sources.data?.length === 0 && (
        <EmptyState title="Nothing imported yet">
          Each import appears here with its counts. Pictures that cannot be read are refused one by one, the
          rest goes in.
        </EmptyState>
      )}
      {sources.data && sources.data.length > 0 && (
        <Table.ScrollContainer minWidth={560}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Source</Table.Th>
                <Table.Th className="number">Added</Table.Th>
                <Table.Th className="number">Duplicates</Table.Th>
                <Table.Th className="number">Refused</Table.Th>
                <Table.Th>When</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sources.data.map((source) => (
                <SourceRow
                  key={source.id}
                  source={source}
                  onRefusals={() => onSearch({ ...search, source: source.id })}
                />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Refusals projectId={projectId} search={search} onSearch={onSearch} />
    </Panel>
  );
}

function SourceRow({ source, onRefusals }: { source: SourceOut; onRefusals: () => void }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          {source.state === 'running' && <LiveDot label="Importing" />}
          <span>
            {source.name}{' '}
            <Text span size="xs" c="dimmed">
              {source.kind}
            </Text>
          </span>
        </Group>
        <SourceProgress source={source} />
      </Table.Td>
      <Table.Td className="number">
        <Changed value={source.added}>{formatCount(source.added)}</Changed>
      </Table.Td>
      <Table.Td className="number">{formatCount(source.duplicates)}</Table.Td>
      <Table.Td className="number">
        {source.refused === 0 ? (
          '0'
        ) : (
          <Anchor component="button" type="button" size="sm" onClick={onRefusals}>
            {formatCount(source.refused)}
            <span className="visually-hidden"> refused, see why</span>
          </Anchor>
        )}
      </Table.Td>
      <Table.Td>
        <Time at={source.finished_at ?? source.created_at} />
      </Table.Td>
    </Table.Tr>
  );
}

function SourceProgress({ source }: { source: SourceOut }) {
  if (source.state === 'failed') {
    return (
      <Text size="xs" c="var(--bad)">
        {source.error}
      </Text>
    );
  }
  if (source.state === 'done') return null;
  const label =
    source.total > 0 ? `${formatCount(source.seen)} of ${formatCount(source.total)} read` : source.state;
  const share = source.total > 0 ? (source.seen / source.total) * 100 : 0;
  return (
    <>
      <Progress size="sm" value={share} aria-label={label} mt={3} />
      <Text size="xs" c="dimmed">
        {label}
      </Text>
    </>
  );
}
