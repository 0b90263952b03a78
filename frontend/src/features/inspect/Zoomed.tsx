import { ActionIcon, Group, Kbd, Modal, Text } from '@mantine/core';
import { IconMinus, IconPlus } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import { HeatSlider } from '@/components/HeatSlider';
import { useShortcut } from '@/hooks/use-shortcut';
import { Layers, type Shown } from './LookCard';
import classes from './LookCard.module.css';

const STEP = 1.5;
const MOST = 8;

interface ZoomedProps {
  shown: Shown | null;
  opacity: number;
  onClose: () => void;
}

/** One picture as large as one likes; + and - zoom, 0 fits it again. */
export function Zoomed({ shown, opacity, onClose }: ZoomedProps) {
  const [zoom, setZoom] = useState(1);
  const by = useCallback((factor: number) => setZoom((now) => Math.min(Math.max(now * factor, 1), MOST)), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another picture begins as a whole
  useEffect(() => setZoom(1), [shown]);
  useShortcut(
    useCallback(
      (event) => {
        if (event.key === '+' || event.key === '=') by(STEP);
        if (event.key === '-') by(1 / STEP);
        if (event.key === '0') setZoom(1);
      },
      [by],
    ),
  );
  return (
    <Modal
      opened={shown !== null}
      onClose={onClose}
      size="xl"
      title={shown?.title}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {shown && (
        <div style={{ '--heat-opacity': opacity } as React.CSSProperties}>
          <Group justify="space-between" mb="xs">
            <Group gap={4}>
              <ActionIcon variant="default" aria-label="Smaller" onClick={() => by(1 / STEP)}>
                <IconMinus size={14} />
              </ActionIcon>
              <ActionIcon variant="default" aria-label="Larger" onClick={() => by(STEP)}>
                <IconPlus size={14} />
              </ActionIcon>
              <Text size="xs" c="dimmed" visibleFrom="sm">
                {Math.round(zoom * 100)}% <Kbd size="xs">+</Kbd> <Kbd size="xs">-</Kbd> <Kbd size="xs">0</Kbd>
              </Text>
            </Group>
            {shown.heat && <HeatSlider />}
          </Group>
          <div className={classes.zoom}>
            <Layers shown={shown} width={`${zoom * 100}%`} />
          </div>
        </div>
      )}
    </Modal>
  );
}
