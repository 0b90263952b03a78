import { Button, Group, SimpleGrid, Stack, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { listProjectsOptions } from '@/api/@tanstack/react-query.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Skeletons } from '@/components/Skeletons';
import { BudgetBar } from '@/features/budget/BudgetBar';
import { OutlineCard } from '@/features/projects/OutlineCard';
import { ProjectCard } from '@/features/projects/ProjectCard';
import { CALM_MS } from '@/hooks/use-fresh';

export function ProjectsPage() {
  const projects = useQuery({ ...listProjectsOptions(), refetchInterval: CALM_MS });
  return (
    <Stack gap="md" maw={1240} mx="auto">
      <Group justify="space-between">
        <Title order={1}>Projects</Title>
        <Group gap="md">
          <Link to="/inspect">Inspect a model of your own</Link>
          {projects.data && projects.data.length > 0 && <NewProjectButton />}
        </Group>
      </Group>
      {projects.isError && !projects.data && (
        <ErrorNotice error={projects.error} onRetry={() => projects.refetch()} />
      )}
      {projects.isPending && <Skeletons heights={[160, 160]} />}
      {projects.data?.length === 0 && (
        <EmptyState title="No projects yet" action={<NewProjectButton />}>
          A project holds a pool of pictures, the classes to tell apart, what mistakes cost, and a budget for
          expert labels.
        </EmptyState>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
        {projects.data?.map((project) =>
          'budget' in project ? (
            <ProjectCard
              key={project.id}
              project={project}
              bar={<BudgetBar budget={project.budget} slim />}
            />
          ) : (
            <OutlineCard key={project.id} project={project} />
          ),
        )}
      </SimpleGrid>
    </Stack>
  );
}

function NewProjectButton() {
  return (
    <Button
      leftSection={<IconPlus size={14} />}
      renderRoot={(props) => <Link to="/projects/new" {...props} />}
    >
      New project
    </Button>
  );
}
