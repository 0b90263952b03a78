import { Anchor } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface SampleLinkProps {
  /** Null where no sample is meant; then the children stand alone. */
  id: number | null;
  children: ReactNode;
}

/** Leads to all that is known of a sample, on any page of its project. */
export function SampleLink({ id, children }: SampleLinkProps) {
  const { projectId } = useParams({ strict: false });
  if (id === null || projectId === undefined) return children;
  return (
    <Anchor
      inherit
      renderRoot={(props) => (
        <Link
          to="/projects/$projectId/samples/$sampleId"
          params={{ projectId, sampleId: id }}
          search={{}}
          {...props}
        />
      )}
    >
      {children}
    </Anchor>
  );
}
