import { Group, Kbd, Slider, Text } from '@mantine/core';
import { shownOpacity, useHeat } from '@/hooks/use-heat';

/** Nothing to inferno's full strength; `h` flips it. */
export function HeatSlider({ width = 140 }: { width?: number }) {
  const { heat, setHeat } = useHeat();
  return (
    <Group gap="xs" wrap="nowrap">
      <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
        Heatmap{' '}
        <Kbd size="xs" visibleFrom="sm">
          h
        </Kbd>
      </Text>
      <Slider
        w={width}
        size="sm"
        min={0}
        max={100}
        step={5}
        value={Math.round(shownOpacity(heat) * 100)}
        onChange={(percent) => setHeat({ opacity: percent / 100, shown: true })}
        label={(percent) => `${percent}%`}
        thumbLabel="Heatmap opacity"
      />
    </Group>
  );
}
