import { Stack, Table, Text, useComputedColorScheme } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Chart } from '@/charts/Chart';
import { paletteOf } from '@/charts/palette';
import { DataActions } from '@/components/DataActions';
import { Panel } from '@/components/Panel';
import { toCsv } from '@/lib/csv';
import { formatMoneyInterval } from '@/lib/money';
import { formatNumber, formatShare, plural } from '@/lib/numbers';
import classes from './RobustnessPanel.module.css';
import { type Corruption, type Robustness, robustnessCsv, severityOption, worstOf } from './robustness';

/** What fools the version: corruptions, noise, attacks, nonsense pictures, and what is foreign to it. */
export function RobustnessPanel({ found }: { found: Robustness }) {
  return (
    <Stack gap="sm">
      <Panel title="In short">
        {found.sentences.map((sentence) => (
          <Text size="sm" key={sentence}>
            {sentence}
          </Text>
        ))}
        <Text size="xs" c="dimmed" mt={4}>
          On {plural(found.pictures, 'gold sample')}, by the ONNX file that ships.
        </Text>
      </Panel>
      <SeverityPanel found={found} />
      <Panel title="How the corruptions look, from mild to severe">
        <div className={classes.corruptions}>
          {found.corruptions.map((one) => (
            <CorruptionRow key={one.name} one={one} />
          ))}
        </div>
      </Panel>
      <AttackPanel found={found} />
      <NonsensePanel found={found} />
    </Stack>
  );
}

function SeverityPanel({ found }: { found: Robustness }) {
  const [table, setTable] = useState(false);
  const palette = paletteOf(useComputedColorScheme('light'));
  const option = useMemo(() => severityOption(found, palette), [found, palette]);
  const worst = found.corruptions[worstOf(found)];
  const [header = [], ...rows] = robustnessCsv(found);
  return (
    <Panel
      title={`Of the corruptions, ${worst?.name ?? 'none'} makes its decisions dearest`}
      actions={
        <DataActions
          of="costs under corruptions"
          table={table}
          onTable={setTable}
          csv={{ name: 'robustness.csv', text: () => toCsv(header, rows) }}
        />
      }
    >
      {table ? (
        <SeverityTable found={found} />
      ) : (
        <Chart option={option} height={280} label={found.sentences[0] ?? 'Costs under corruptions'} />
      )}
    </Panel>
  );
}

function SeverityTable({ found }: { found: Robustness }) {
  return (
    <Table.ScrollContainer minWidth={640} maxHeight={320}>
      <Table stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Corruption</Table.Th>
            <Table.Th className="number">Severity</Table.Th>
            <Table.Th className="number">Cost a sample</Table.Th>
            <Table.Th className="number">Dearer than clean by</Table.Th>
            <Table.Th className="number">Right</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {found.corruptions.flatMap(({ name, severities }) =>
            severities.map((one) => (
              <Table.Tr key={`${name}-${one.severity}`}>
                <Table.Td>{name}</Table.Td>
                <Table.Td className="number">{one.severity}</Table.Td>
                <Table.Td className="number">{formatMoneyInterval(one.cost, found.currency)}</Table.Td>
                <Table.Td className="number">{formatMoneyInterval(one.rise, found.currency)}</Table.Td>
                <Table.Td className="number">{formatShare(one.right)}</Table.Td>
              </Table.Tr>
            )),
          )}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function CorruptionRow({ one }: { one: Corruption }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {one.name}
      </Text>
      <div className={classes.row}>
        {one.severities.map((step) => (
          <figure key={step.severity} className={classes.figure}>
            <img src={step.picture_url} alt={`${one.name}, severity ${step.severity}`} loading="lazy" />
            <figcaption>
              called {step.predicted} ({formatShare(step.probability)})
            </figcaption>
          </figure>
        ))}
      </div>
    </div>
  );
}

function AttackPanel({ found }: { found: Robustness }) {
  if (found.attacks.length === 0)
    return (
      <Panel title="Attacks were not tried">
        <Text size="sm">{found.no_attacks}</Text>
      </Panel>
    );
  return (
    <Panel title="Changes made to fool it, too small to be seen">
      <Table.ScrollContainer minWidth={360}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Attack</Table.Th>
              <Table.Th className="number">Levels of 255</Table.Th>
              <Table.Th className="number">Still right</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.attacks.map((one) => (
              <Table.Tr key={`${one.name}-${one.epsilon}`}>
                <Table.Td>{one.name}</Table.Td>
                <Table.Td className="number">{formatNumber(255 * one.epsilon)}</Table.Td>
                <Table.Td className="number">{formatShare(one.right)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed">
        FGSM takes one step along the gradient, PGD eight small ones. Noise of{' '}
        {formatNumber(255 * found.noise.epsilon)} levels at random changes {formatShare(found.noise.flips)} of
        the decisions.
      </Text>
    </Panel>
  );
}

function NonsensePanel({ found }: { found: Robustness }) {
  const { nonsense, foreign } = found;
  return (
    <Panel title={`Of ${nonsense.tried} nonsense pictures it is sure of ${formatShare(nonsense.share)}`}>
      <Text size="sm" mb="xs">
        Noise and flat fields, gold in disorder, handwritten digits and parts of photographs. Sure:{' '}
        {formatShare(nonsense.sure)} or more, as half of its right answers are. The guard takes{' '}
        {formatShare(foreign.caught)} of them for foreign (AUROC {formatNumber(foreign.auroc, 2)}; by energy{' '}
        {formatNumber(foreign.energy_auroc, 2)}), and lets {formatShare(foreign.passing)} of ordinary samples
        pass.
      </Text>
      <div className={classes.row}>
        {nonsense.shown.map((one) => (
          <figure key={one.picture_url} className={classes.figure}>
            <img src={one.picture_url} alt={one.name} loading="lazy" />
            <figcaption>
              {one.predicted}, {formatShare(one.probability)}
              <br />
              {one.foreign ? 'caught' : 'not caught'}
            </figcaption>
          </figure>
        ))}
      </div>
    </Panel>
  );
}
