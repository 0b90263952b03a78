import { Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ProjectOutlineOut } from '@/api/types.gen';
import { ClassList } from './ClassList';
import classes from './ProjectCard.module.css';

/** A project as those see it who only label in it: it leads to their queue. */
export function OutlineCard({ project }: { project: ProjectOutlineOut }) {
  return (
    <Link to="/projects/$projectId/my-queue" params={{ projectId: project.id }} className={classes.card}>
      <Title order={2} lineClamp={1}>
        {project.name}
      </Title>
      <Text size="sm" c="dimmed">
        You label here: see what is next for you, and why.
      </Text>
      <ClassList of={project.classes} />
    </Link>
  );
}
