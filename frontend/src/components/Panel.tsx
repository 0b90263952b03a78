import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './Panel.module.css';

interface PanelProps {
  title: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** A titled part of a page; its title says what one sees there. */
export function Panel({ title, actions, children }: PanelProps) {
  return (
    <section className={classes.panel}>
      <Group justify="space-between" gap="xs" mb="xs">
        <Title order={2} className={classes.title}>
          {title}
        </Title>
        {actions}
      </Group>
      {children}
    </section>
  );
}
