import { Button, Group, Table, Text } from '@mantine/core';
import { May } from '@/components/May';
import { Panel } from '@/components/Panel';
import { useReport } from '@/hooks/use-report';
import { type Figure, figuresOf, type Robustness } from './robustness';

interface RobustnessBesideProps {
  projectId: number;
  number: number;
  other: number;
}

/** Which of two versions is fooled more easily, once both were tried. */
export function RobustnessBeside({ projectId, number, other }: RobustnessBesideProps) {
  const before = useReport({ projectId, number: other, kind: 'robustness' });
  const after = useReport({ projectId, number, kind: 'robustness' });
  const [was, is] = [before, after].map(({ report }) => report.data?.body as Robustness | null | undefined);
  if (was === undefined || is === undefined) return null;
  if (was && is) return <FigureTable number={number} other={other} before={was} after={is} />;
  const untried = [
    { version: other, found: was, ...before },
    { version: number, found: is, ...after },
  ].filter(({ found }) => !found);
  return (
    <Panel title="Which is fooled more easily is not known yet">
      <Text size="sm" mb="xs">
        Both are tried on the same gold: corruptions, noise, attacks, and nonsense pictures. About a minute
        each.
      </Text>
      {untried.map(
        ({ version, report }) =>
          report.data?.error &&
          !report.data.live && (
            <Text key={version} size="sm" c="var(--bad)" role="alert">
              v{version}: {report.data.error}
            </Text>
          ),
      )}
      <May projectId={projectId} to="run_loop">
        <Group gap="xs">
          {untried.map(({ version, report, ask, asking }) => (
            <Button
              key={version}
              size="xs"
              variant="default"
              loading={asking}
              disabled={report.data?.live}
              onClick={ask}
            >
              {report.data?.live ? `v${version} is being tried` : `Try to fool v${version}`}
            </Button>
          ))}
        </Group>
      </May>
    </Panel>
  );
}

interface FigureTableProps {
  number: number;
  other: number;
  before: Robustness;
  after: Robustness;
}

function FigureTable({ number, other, before, after }: FigureTableProps) {
  const was = figuresOf(before);
  return (
    <Panel title="How easily either is fooled">
      <Table.ScrollContainer minWidth={260}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>On {after.pictures} gold samples</Table.Th>
              <Table.Th className="number">v{other}</Table.Th>
              <Table.Th className="number">v{number}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {figuresOf(after).map((one, place) => (
              <FigureRow key={one.name} before={was[place] ?? one} after={one} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed">
        Bold: the better of the two. These figures have no intervals; small differences are chance.
      </Text>
    </Panel>
  );
}

function FigureRow({ before, after }: { before: Figure; after: Figure }) {
  const gained = (after.value - before.value) * (after.better === 'higher' ? 1 : -1);
  return (
    <Table.Tr>
      <Table.Td>{after.name}</Table.Td>
      <Table.Td className="number" fw={gained < 0 ? 600 : undefined}>
        {before.shown}
      </Table.Td>
      <Table.Td className="number" fw={gained > 0 ? 600 : undefined}>
        {after.shown}
      </Table.Td>
    </Table.Tr>
  );
}
