import { Button, Container } from '@mantine/core';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';

export function NotFound() {
  return (
    <EmptyState
      title="There is nothing at this address"
      action={<Button renderRoot={(props) => <Link to="/projects" {...props} />}>To the projects</Button>}
    />
  );
}

export function RouteError({ error }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <Container py="xl">
      <ErrorNotice error={error} onRetry={() => router.invalidate()} />
    </Container>
  );
}
