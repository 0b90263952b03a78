import { Stack, Title } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { ProjectForm } from '@/features/projects/ProjectForm';

export function NewProjectPage() {
  const navigate = useNavigate();
  return (
    <Stack gap="md" maw={880} mx="auto">
      <Title order={1}>New project</Title>
      <ProjectForm
        onCreated={(project) =>
          navigate({ to: '/projects/$projectId/pool', params: { projectId: project.id } })
        }
      />
    </Stack>
  );
}
