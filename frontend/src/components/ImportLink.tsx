import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';

/** Where a project's first step is. */
export function ImportLink({ projectId }: { projectId: number }) {
  return (
    <Button renderRoot={(props) => <Link to="/projects/$projectId/pool" params={{ projectId }} {...props} />}>
      Import samples
    </Button>
  );
}
