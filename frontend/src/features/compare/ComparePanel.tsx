import { Button, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { useCallback, useState } from 'react';
import { EmptyState } from '@/components/EmptyState';
import { Facts } from '@/components/Facts';
import { HeatPicture } from '@/components/HeatPicture';
import { HeatSlider } from '@/components/HeatSlider';
import { IntervalBars } from '@/components/IntervalBars';
import { Panel } from '@/components/Panel';
import { SampleLink } from '@/components/SampleLink';
import { shownOpacity, useHeat } from '@/hooks/use-heat';
import { useShortcut } from '@/hooks/use-shortcut';
import { formatMoney, formatMoneyInterval, formatMoneyShort } from '@/lib/money';
import { formatCount, formatEstimate, formatNumber, plural } from '@/lib/numbers';
import classes from './ComparePanel.module.css';
import { type Comparison, type Flip, type Gain, type Measure, verdictOf } from './compare';

const FEW_FLIPS = 8;
const MORE_FLIPS = 24;

interface ComparePanelProps {
  number: number;
  found: Comparison;
}

/** Why one version is better than another: what it fixed and broke, where it gained, and what changed between them. */
export function ComparePanel({ number, found }: ComparePanelProps) {
  return (
    <Stack gap="sm">
      <Panel title={found.sentence}>
        <MetricTable number={number} found={found} />
      </Panel>
      <FlipPanel number={number} found={found} />
      <GainPanel title="Gained by class" gains={found.classes_gained} currency={found.currency} />
      {found.slices_gained.length > 0 && (
        <GainPanel title="Gained by kind of sample" gains={found.slices_gained} currency={found.currency} />
      )}
      <ChangedPanel number={number} found={found} />
      {found.near_fixed.length > 0 && <NearPanel found={found} />}
    </Stack>
  );
}

function MetricTable({ number, found }: ComparePanelProps) {
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>On {plural(found.size, 'gold sample')}</Table.Th>
            <Table.Th className="number">v{found.other}</Table.Th>
            <Table.Th className="number">v{number}</Table.Th>
            <Table.Th className="number">Difference, paired</Table.Th>
            <Table.Th>So it is</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {found.metrics.map((one) => (
            <MetricRow key={one.name} one={one} currency={found.currency} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function MetricRow({ one, currency }: { one: Measure; currency: string }) {
  const money = one.name === 'expected cost';
  const format = (interval: Measure['before']) =>
    money ? formatMoneyInterval(interval, currency) : formatEstimate(interval);
  const verdict = verdictOf(one);
  return (
    <Table.Tr>
      <Table.Td>
        {one.name.charAt(0).toUpperCase() + one.name.slice(1)}
        {money && ' a sample'}
      </Table.Td>
      <Table.Td className="number">{format(one.before)}</Table.Td>
      <Table.Td className="number">{format(one.after)}</Table.Td>
      <Table.Td className="number">{format(one.difference)}</Table.Td>
      <Table.Td fw={verdict === 'unsure' ? undefined : 600}>
        {verdict === 'unsure' ? 'no surer than chance' : verdict}
      </Table.Td>
    </Table.Tr>
  );
}

function FlipPanel({ number, found }: ComparePanelProps) {
  const [which, setWhich] = useState<'fixed' | 'broken'>('fixed');
  const { heat, flip } = useHeat();
  useShortcut(useCallback((event) => event.key === 'h' && flip(), [flip]));
  const [most, setMost] = useState(FEW_FLIPS);
  const flips = found[which].slice(0, most);
  return (
    <Panel
      title={`${found.fixed.length} fixed, ${found.broken.length} broken`}
      actions={
        <>
          <SegmentedControl
            size="xs"
            aria-label="Which decisions"
            value={which}
            onChange={(value) => setWhich(value as 'fixed' | 'broken')}
            data={[
              { value: 'fixed', label: `Fixed (${found.fixed.length})` },
              { value: 'broken', label: `Broken (${found.broken.length})` },
            ]}
          />
          <HeatSlider width={100} />
        </>
      }
    >
      {flips.length === 0 ? (
        <EmptyState title={`Nothing was ${which}`}>No decision on gold changed that way.</EmptyState>
      ) : (
        <div
          className={classes.flips}
          style={{ '--heat-opacity': shownOpacity(heat) } as React.CSSProperties}
        >
          {flips.map((one) => (
            <FlipRow key={one.sample_id} one={one} number={number} found={found} />
          ))}
        </div>
      )}
      {flips.length < found[which].length && (
        <Button variant="default" size="xs" mt="sm" onClick={() => setMost(most + MORE_FLIPS)}>
          Show {Math.min(MORE_FLIPS, found[which].length - most)} more of {formatCount(found[which].length)}
        </Button>
      )}
      {found.more > 0 && (
        <Text size="xs" c="dimmed">
          {plural(found.more, 'more flip')} that cost less.
        </Text>
      )}
    </Panel>
  );
}

function FlipRow({ one, number, found }: ComparePanelProps & { one: Flip }) {
  const name = (place: number) => found.classes[place] ?? String(place);
  const views = [
    [one.other_heat_url, `v${found.other} said ${name(one.before)}`],
    [one.heat_url, `v${number} says ${name(one.after)}`],
    [one.difference_url, `Orange: v${number} looks more; blue: less`],
  ] as const;
  return (
    <article data-testid="flip">
      <Text size="sm">
        <SampleLink id={one.sample_id}>{one.name}</SampleLink> is <strong>{name(one.label)}</strong>:{' '}
        {one.saved > 0 ? 'saves ' : 'costs '}
        {formatMoney(Math.abs(one.saved), found.currency)}
      </Text>
      <div className={classes.row}>
        {views.map(([heat_url, title]) => (
          <figure key={title} className={classes.figure}>
            <HeatPicture
              fit="thumbnail"
              item={{ ...one, sample_name: one.name, heat_url, map_sentence: title }}
            />
            <figcaption>{title}</figcaption>
          </figure>
        ))}
      </div>
    </article>
  );
}

function GainPanel({ title, gains, currency }: { title: string; gains: Gain[]; currency: string }) {
  const most = Math.max(
    ...gains.flatMap(({ difference }) => [Math.abs(difference.low), Math.abs(difference.high)]),
    0.01,
  );
  return (
    <Panel title={title}>
      <IntervalBars
        from={-most}
        to={most}
        format={(value) => formatMoneyShort(Number(value.toPrecision(2)), currency)}
        unit="change of cost a sample; left is cheaper"
        mark={{ at: 0, name: 'no change' }}
        rows={gains.map((one) => ({
          key: one.name,
          name: `${one.name} (${one.size})`,
          interval: one.difference,
          figures: formatMoneyInterval(one.difference, currency),
          title: `${one.name}: ${formatMoneyInterval(one.difference, currency)} a sample, on ${one.size}`,
        }))}
      />
    </Panel>
  );
}

function ChangedPanel({ number, found }: ComparePanelProps) {
  const counts = (of: Record<string, number>) =>
    Object.entries(of)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  return (
    <Panel title={`What changed between v${found.other} and v${number}`}>
      <Facts
        facts={[
          ['Labels added', counts(found.added) || 'none'],
          ['Labels gone or corrected', counts(found.removed) || 'none'],
          ...found.changed.map(({ name, before, after }): [string, string] => [
            name.charAt(0).toUpperCase() + name.slice(1),
            `${before} → ${after}`,
          ]),
        ]}
      />
    </Panel>
  );
}

function NearPanel({ found }: { found: Comparison }) {
  return (
    <Panel title="The new labels that lie nearest to what was fixed">
      <div className={classes.near}>
        {found.near_fixed.map((one) => (
          <figure key={one.sample_id} className={classes.figure}>
            <SampleLink id={one.sample_id}>
              <HeatPicture
                fit="thumbnail"
                item={{ ...one, sample_name: one.name, heat_url: null, map_sentence: null }}
              />
            </SampleLink>
            <figcaption>
              {found.classes[one.label]}, {formatNumber(one.distance, 2)} from{' '}
              <SampleLink id={one.fixed}>a fixed one</SampleLink>
            </figcaption>
          </figure>
        ))}
      </div>
      <Text size="xs" c="dimmed" mt="xs">
        Cosine distance of embeddings, 0 to 2. Near is not the cause; it is where to look for it.
      </Text>
    </Panel>
  );
}
