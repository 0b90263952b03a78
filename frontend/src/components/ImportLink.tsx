import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { May } from './May';

/** Where a project's first step is, for those who may take it. */
export function ImportLink({ projectId }: { projectId: number }) {
  return (
    <May projectId={projectId} to="import">
      <Button
        renderRoot={(props) => <Link to="/projects/$projectId/pool" params={{ projectId }} {...props} />}
      >
        Import samples
      </Button>
    </May>
  );
}
