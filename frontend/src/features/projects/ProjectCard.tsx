import { Group, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { OverviewOut, ProjectOut } from '@/api/types.gen';
import { LiveDot } from '@/components/LiveDot';
import { isLive, useOverview } from '@/hooks/use-fresh';
import { formatMoneyShort } from '@/lib/money';
import { formatCount } from '@/lib/numbers';
import { ClassList } from './ClassList';
import classes from './ProjectCard.module.css';

function championOf({ model }: OverviewOut): string {
  return model.champion === null ? 'no champion yet' : `champion v${model.champion}`;
}

/** A project at a glance: where its loop stands, what is spent, who serves. `bar` draws the budget. */
export function ProjectCard({ project, bar }: { project: ProjectOut; bar: ReactNode }) {
  const { data: overview } = useOverview(project.id);
  const { currency, spent, limit } = project.budget;
  return (
    <Link to="/projects/$projectId" params={{ projectId: project.id }} className={classes.card}>
      <Group gap={8} wrap="nowrap">
        <Title order={2} lineClamp={1}>
          {project.name}
        </Title>
        {isLive(overview) && <LiveDot label="At work" />}
      </Group>
      <Text size="sm" c="dimmed" lineClamp={2} mih="2.7em">
        {overview?.next_step.sentence}
      </Text>
      {bar}
      <div className={classes.figures}>
        <span>
          {formatMoneyShort(spent, currency)} of {formatMoneyShort(limit, currency)}
        </span>
        <span>
          {overview
            ? `${formatCount(overview.labels.settled)} + ${formatCount(overview.gold.labeled)} gold labels`
            : ''}
        </span>
        <span>{overview && championOf(overview)}</span>
      </div>
      <ClassList of={project.classes} />
    </Link>
  );
}
