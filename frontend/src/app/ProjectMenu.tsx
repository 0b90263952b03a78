import { Button, Menu, Text } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listProjectsOptions } from '@/api/@tanstack/react-query.gen';
import classes from './Shell.module.css';

/** The product's mark, and the project one is in, with the way to the others. */
export function ProjectMenu({ projectId }: { projectId: number | undefined }) {
  const projects = useQuery({ ...listProjectsOptions(), staleTime: 30_000 });
  const current = projects.data?.find((project) => project.id === projectId);
  return (
    <>
      <Link
        to="/projects"
        aria-label="Heedful, all projects"
        className={classes.brand}
        data-in-project={projectId !== undefined}
      >
        <img src={`${import.meta.env.BASE_URL}heedful.svg`} width={24} height={24} alt="" />
      </Link>
      {projectId === undefined ? (
        <Text fw={600}>Heedful</Text>
      ) : (
        <Menu position="bottom-start" width={280}>
          <Menu.Target>
            <Button
              variant="subtle"
              color="gray"
              size="sm"
              px={8}
              maw={{ base: 170, sm: 380 }}
              c="var(--ink)"
              title={current?.name}
              rightSection={<IconChevronDown size={14} />}
            >
              <Text span truncate inherit lh={1.5}>
                {current?.name ?? `Project ${projectId}`}
              </Text>
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {projects.data?.map((project) => (
              <Menu.Item
                key={project.id}
                renderRoot={(props) => (
                  <Link to="/projects/$projectId" params={{ projectId: project.id }} {...props} />
                )}
              >
                {project.name}
              </Menu.Item>
            ))}
            <Menu.Divider />
            <Menu.Item renderRoot={(props) => <Link to="/projects" {...props} />}>All projects</Menu.Item>
            <Menu.Item renderRoot={(props) => <Link to="/projects/new" {...props} />}>New project</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}
