import { Button, Group, Stack, Text } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useCallback } from 'react';
import type { MyItemOut } from '@/api/types.gen';
import { HeatPicture } from '@/components/HeatPicture';
import { HeatSlider } from '@/components/HeatSlider';
import { Panel } from '@/components/Panel';
import { Time } from '@/components/Time';
import { shownOpacity, useHeat } from '@/hooks/use-heat';
import { useShortcut } from '@/hooks/use-shortcut';
import classes from './NextItem.module.css';

/** The sample to label now: why this one, where the model looks, and the way to it. */
export function NextItem({ item, first }: { item: MyItemOut; first: boolean }) {
  const { heat, flip } = useHeat();
  useShortcut(useCallback((event) => event.key === 'h' && flip(), [flip]));
  return (
    <Panel
      title={first ? 'Next for you' : 'Chosen from the list'}
      actions={
        item.label_studio_url && (
          <Button
            component="a"
            size="sm"
            href={item.label_studio_url}
            target="_blank"
            rel="noreferrer"
            rightSection={<IconExternalLink size={14} />}
          >
            Label it
          </Button>
        )
      }
    >
      <div
        className={classes.columns}
        data-testid="next-item"
        style={{ '--heat-opacity': shownOpacity(heat) } as React.CSSProperties}
      >
        <HeatPicture item={item} fit="large" />
        <Stack gap="xs">
          <Text size="sm" fw={600}>
            Why this one?
          </Text>
          <Text size="sm">{item.reason}</Text>
          {item.map_sentence && <Text size="sm">{item.map_sentence}</Text>}
          {item.heat_url && (
            <Group>
              <HeatSlider />
            </Group>
          )}
          <Text size="xs" c="dimmed">
            Place {item.rank} of round {item.round_number}
            {item.expires_at && (
              <>
                , goes back to the pool <Time at={item.expires_at} />
              </>
            )}
          </Text>
          {!item.label_studio_url && (
            <Text size="sm" c="dimmed">
              Its task is on the way to Label Studio.
            </Text>
          )}
        </Stack>
      </div>
    </Panel>
  );
}
