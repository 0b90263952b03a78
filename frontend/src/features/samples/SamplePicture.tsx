import { Anchor, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type CSSProperties, useCallback } from 'react';
import type { AskedOut, SampleDetailOut } from '@/api/types.gen';
import { HeatPicture } from '@/components/HeatPicture';
import { HeatSlider } from '@/components/HeatSlider';
import { Panel } from '@/components/Panel';
import { shownOpacity, useHeat } from '@/hooks/use-heat';
import { useShortcut } from '@/hooks/use-shortcut';

interface SamplePictureProps {
  projectId: number;
  sample: SampleDetailOut;
  /** Whose heatmap lies over it. */
  item: AskedOut | undefined;
}

export function SamplePicture({ projectId, sample, item }: SamplePictureProps) {
  const { heat, flip } = useHeat();
  useShortcut(useCallback((event) => event.key === 'h' && flip(), [flip]));
  const { picture_url, width, height, name, box, mask_url } = sample;
  const { heat_url = null, map_sentence = null } = item ?? {};
  return (
    <Panel
      title={
        <Group gap="xs" component="span">
          {name}
          {sample.role === 'gold' && <Text size="xs">gold: measured on, never trained on</Text>}
        </Group>
      }
    >
      <div style={{ '--heat-opacity': shownOpacity(heat) } as CSSProperties}>
        <HeatPicture
          item={{ picture_url, width, height, sample_name: name, heat_url, map_sentence, box, mask_url }}
          fit="large"
        />
      </div>
      <Group justify="space-between" gap="xs" mt="xs">
        {item ? <HeatSlider width={180} /> : <Text size="xs">No heatmap for this sample.</Text>}
        <Group gap="md">
          <Link
            to="/projects/$projectId/inspect"
            params={{ projectId }}
            search={{ samples: String(sample.id) }}
          >
            Inspect
          </Link>
          <Anchor href={picture_url} target="_blank" rel="noreferrer" size="xs">
            Picture alone, {width} × {height}
          </Anchor>
        </Group>
      </Group>
      {item?.map_sentence && (
        <Text size="sm" mt={4}>
          {item.map_sentence} Drawn for round {item.round_number}
          {item.blind ? ', and not shown to those who answered' : ''}.
        </Text>
      )}
    </Panel>
  );
}
