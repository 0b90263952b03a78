import { Group, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { OverviewOut, ProjectOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { LiveDot } from '@/components/LiveDot';
import { isLive, useOverview } from '@/hooks/use-fresh';
import { formatMoneyShort } from '@/lib/money';
import { formatCount } from '@/lib/numbers';
import classes from './ProjectCard.module.css';

const CLASSES_SHOWN = 4;

function championOf({ model }: OverviewOut): string {
  return model.champion === null ? 'no champion yet' : `champion v${model.champion}`;
}

/** A project at a glance: where its loop stands, what is spent, who serves. `bar` draws the budget. */
export function ProjectCard({ project, bar }: { project: ProjectOut; bar: ReactNode }) {
  const { data: overview } = useOverview(project.id);
  const { currency, spent, limit } = project.budget;
  const more = project.classes.length - CLASSES_SHOWN;
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
      <div className={classes.classes}>
        {project.classes.slice(0, CLASSES_SHOWN).map((one) => (
          <ClassName key={one.id} of={one} />
        ))}
        {more > 0 && <span>{more} more</span>}
      </div>
    </Link>
  );
}
