import { ActionIcon, Anchor, Drawer, Group, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useCallback } from 'react';
import type { QueueItemOut } from '@/api/types.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Facts } from '@/components/Facts';
import { HeatPicture } from '@/components/HeatPicture';
import { HeatSlider } from '@/components/HeatSlider';
import { May } from '@/components/May';
import { Probabilities } from '@/components/Probabilities';
import { SampleLink } from '@/components/SampleLink';
import { Skeletons } from '@/components/Skeletons';
import { Time } from '@/components/Time';
import { useShortcut } from '@/hooks/use-shortcut';
import { formatMoney } from '@/lib/money';
import { formatNumber, formatShare, plural } from '@/lib/numbers';
import classes from './ItemDrawer.module.css';
import { LabelLink } from './LabelLink';
import { Neighbour } from './Neighbour';
import { StateMark } from './StateMark';
import { isReleased } from './state';
import { useOpenItem } from './use-open-item';
import { WithdrawButton } from './WithdrawButton';

interface ItemDrawerProps {
  projectId: number;
  currency: string;
  /** The items of the list beside it, once they are loaded. */
  items: QueueItemOut[] | undefined;
  openId: number | undefined;
  heatOpacity: number;
  onOpen: (item: QueueItemOut | null) => void;
}

const NONE: QueueItemOut[] = [];

/** One queued sample, large, with all that is known of it. Arrows lead to its neighbours. */
export function ItemDrawer({
  projectId,
  currency,
  items = NONE,
  openId,
  heatOpacity,
  onOpen,
}: ItemDrawerProps) {
  const index = items.findIndex((item) => item.id === openId);
  const { item, error } = useOpenItem(projectId, items[index], items === NONE ? undefined : openId);
  const move = useCallback(
    (step: number) => {
      const neighbour = items[index + step];
      if (index >= 0 && neighbour) onOpen(neighbour);
    },
    [items, index, onOpen],
  );
  useShortcut(
    useCallback(
      (event) => {
        if (event.key === 'ArrowLeft') move(-1);
        if (event.key === 'ArrowRight') move(1);
      },
      [move],
    ),
  );
  return (
    <Drawer
      opened={openId !== undefined}
      onClose={() => onOpen(null)}
      position="right"
      size="min(1120px, 100vw)"
      title={item ? <Heading item={item} index={index} count={items.length} onMove={move} /> : 'Queue item'}
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{ title: classes.title }}
      transitionProps={{ duration: 120 }}
    >
      {item ? (
        <div className={classes.columns} style={{ '--heat-opacity': heatOpacity } as React.CSSProperties}>
          <Picture item={item} />
          <Details item={item} projectId={projectId} currency={currency} />
        </div>
      ) : (
        <Missing error={error} />
      )}
    </Drawer>
  );
}

function Missing({ error }: { error: unknown }) {
  return error ? (
    <ErrorNotice error={error} title="This item cannot be shown" />
  ) : (
    <Skeletons heights={[420]} />
  );
}

interface HeadingProps {
  item: QueueItemOut;
  index: number;
  count: number;
  onMove: (step: number) => void;
}

function Heading({ item, index, count, onMove }: HeadingProps) {
  return (
    <Group gap="xs" wrap="nowrap">
      <ActionIcon
        variant="default"
        aria-label="Previous item"
        disabled={index <= 0}
        onClick={() => onMove(-1)}
      >
        <IconChevronLeft size={16} />
      </ActionIcon>
      <ActionIcon
        variant="default"
        aria-label="Next item"
        disabled={index < 0 || index === count - 1}
        onClick={() => onMove(1)}
      >
        <IconChevronRight size={16} />
      </ActionIcon>
      <Text fw={600} truncate title={item.sample_name}>
        {item.sample_name}
      </Text>
    </Group>
  );
}

function Picture({ item }: { item: QueueItemOut }) {
  return (
    <div className={classes.picture}>
      <HeatPicture item={item} fit="large" />
      <Group justify="space-between" gap="xs">
        {item.heat_url ? <HeatSlider width={180} /> : <Text size="xs">No heatmap for this sample.</Text>}
        <Anchor href={item.picture_url} target="_blank" rel="noreferrer" size="xs">
          Picture alone, {item.width} × {item.height}
        </Anchor>
      </Group>
      {item.map_sentence && <Text size="sm">{item.map_sentence}</Text>}
    </div>
  );
}

/** “2 answers of the weak tier, blind”: whom it goes to and how it is shown. */
function askedOf(item: QueueItemOut): string {
  const answers = `${plural(item.answers_wanted, 'answer')} of the ${item.tier} tier`;
  return [answers, item.honeypot && 'as a honeypot', item.blind && 'blind'].filter(Boolean).join(', ');
}

interface DetailsProps {
  item: QueueItemOut;
  projectId: number;
  currency: string;
}

function Details({ item, projectId, currency }: DetailsProps) {
  const isGold = item.round_kind === 'gold';
  const round = isGold ? 'the gold set' : `round ${item.round_number}`;
  return (
    <div className={classes.details}>
      <Text size="sm">{item.reason}</Text>
      {item.neighbour && <Neighbour neighbour={item.neighbour} fit="large" />}
      <Probabilities predictions={item.predictions} most={6} />
      <Facts
        facts={[
          [item.label ? 'Label' : 'State', <StateMark key="state" item={item} />],
          ['Answered by', item.annotator],
          ['Answered', item.answered_at && <Time key="at" at={item.answered_at} />],
          ['Place', `${item.rank} in ${round}`],
          ['Asked', askedOf(item)],
          ['Strategy', item.strategy],
          ['Score', isGold ? null : `${formatNumber(item.score, 3)}, higher is more worth a label`],
          ['Chance to be chosen', formatShare(item.selection_probability)],
          ['Price', <Price key="price" item={item} currency={currency} />],
        ]}
      />
      <Group gap="sm">
        <LabelLink item={item} prominent />
        <SampleLink id={item.sample_id}>All about this sample</SampleLink>
        <May projectId={projectId} to="run_loop">
          <WithdrawButton item={item} projectId={projectId} currency={currency} />
        </May>
      </Group>
    </div>
  );
}

function Price({ item, currency }: { item: QueueItemOut; currency: string }) {
  const price = formatMoney(item.price, currency);
  if (item.charged !== null) return `${formatMoney(item.charged, currency)} charged, ${price} was reserved`;
  return isReleased(item) ? `${price} was reserved and is released` : `${price} reserved`;
}
