import { ActionIcon, Button, Drawer, Group, Stack, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { LabelClassOut } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { HeatPicture } from '@/components/HeatPicture';
import { HeatSlider } from '@/components/HeatSlider';
import { SampleLink } from '@/components/SampleLink';
import { useShortcut } from '@/hooks/use-shortcut';
import { formatMoneyShort } from '@/lib/money';
import { formatShare } from '@/lib/numbers';
import classes from './MistakeDrawer.module.css';
import { Neighbours } from './Neighbours';
import type { JudgedSample } from './report';

interface MistakeDrawerProps {
  projectId: number;
  number: number;
  samples: JudgedSample[];
  openId: number | undefined;
  classes: Pick<LabelClassOut, 'name' | 'color'>[];
  currency: string;
  onOpen: (sampleId: number | undefined) => void;
}

/** One sample: what speaks for what it was called, and for what it is, and what the version learned that is like it. */
export function MistakeDrawer(props: MistakeDrawerProps) {
  const { samples, openId, onOpen } = props;
  const index = samples.findIndex((one) => one.sample_id === openId);
  const one = samples[index];
  const move = useCallback(
    (step: number) => {
      const next = samples[index + step];
      if (index >= 0 && next) onOpen(next.sample_id);
    },
    [samples, index, onOpen],
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
      onClose={() => onOpen(undefined)}
      position="right"
      size="min(1000px, 100vw)"
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 120 }}
      title={
        <Group gap="xs" wrap="nowrap">
          <ActionIcon
            variant="default"
            aria-label="Previous sample"
            disabled={index <= 0}
            onClick={() => move(-1)}
          >
            <IconChevronLeft size={16} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            aria-label="Next sample"
            disabled={index < 0 || index === samples.length - 1}
            onClick={() => move(1)}
          >
            <IconChevronRight size={16} />
          </ActionIcon>
          <Text fw={600} truncate>
            {one?.name ?? 'Sample'}
          </Text>
        </Group>
      }
    >
      {one ? (
        <Details {...props} one={one} />
      ) : (
        <EmptyState title="This sample is not among those chosen">
          Close it and choose another cell, or all mistakes.
        </EmptyState>
      )}
    </Drawer>
  );
}

function Details({
  projectId,
  number,
  classes: known,
  currency,
  one,
}: MistakeDrawerProps & { one: JudgedSample }) {
  const label = known[one.label]?.name ?? '';
  const called = known[one.predicted]?.name ?? '';
  const right = one.label === one.predicted;
  const maps = [
    { says: `What speaks for ${called}, which it was called`, share: one.probability, heat: one.heat_url },
    { says: `What speaks for ${label}, which it is`, share: one.of_label, heat: one.label_heat_url },
  ].slice(0, right ? 1 : 2);
  return (
    <Stack gap="md">
      <Text size="sm">
        {right
          ? `Rightly called ${called}, ${formatShare(one.probability)} sure.`
          : `Labeled ${label}, called ${called}, ${formatShare(one.probability)} sure. The mistake costs ${formatMoneyShort(one.cost, currency)}.`}
      </Text>
      <div className={classes.maps}>
        {maps.map(({ says, share, heat }) => (
          <figure key={says} className={classes.figure}>
            <HeatPicture
              fit="thumbnail"
              item={{ ...one, sample_name: one.name, heat_url: heat, map_sentence: says }}
            />
            <figcaption>
              {says}: {formatShare(share)}
            </figcaption>
          </figure>
        ))}
      </div>
      <Group gap="sm">
        {one.heat_url ? (
          <HeatSlider width={180} />
        ) : (
          <Text size="xs" c="dimmed">
            Maps are drawn of the dearest mistakes alone; Inspect draws this one’s at once.
          </Text>
        )}
        <Button
          size="xs"
          variant="default"
          renderRoot={(props) => (
            <Link
              to="/projects/$projectId/inspect"
              params={{ projectId }}
              search={{ samples: String(one.sample_id), version: number }}
              {...props}
            />
          )}
        >
          Inspect
        </Button>
        <SampleLink id={one.sample_id}>All about this sample</SampleLink>
      </Group>
      <Neighbours projectId={projectId} number={number} sample={one} classes={known} />
    </Stack>
  );
}
