import { Button } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { retryJobMutation, updateProjectMutation } from '@/api/@tanstack/react-query.gen';
import type { OverviewOut } from '@/api/types.gen';
import { ImportLink } from '@/components/ImportLink';
import { useProjectAction } from '@/hooks/use-project-action';
import { BUDGET_FIELD } from '@/lib/search';
import classes from './NextStep.module.css';

/** What the loop does now or waits for, and the button that helps. */
export function NextStep({ overview }: { overview: OverviewOut }) {
  return (
    <div className={classes.step} role="status">
      <span>{overview.next_step.sentence}</span>
      <NextAction overview={overview} />
    </div>
  );
}

function NextAction({ overview }: { overview: OverviewOut }) {
  const projectId = overview.project.id;
  switch (overview.next_step.action) {
    case 'import':
      return <ImportLink projectId={projectId} />;
    case 'resume':
      return <ResumeButton projectId={projectId} />;
    case 'retry':
      return <RetryButtons projectId={projectId} jobId={overview.next_step.job_id ?? null} />;
    case 'raise_budget':
      return (
        <Button
          renderRoot={(props) => (
            <Link to="/projects/$projectId/money" params={{ projectId }} hash={BUDGET_FIELD} {...props} />
          )}
        >
          Raise the budget
        </Button>
      );
    case 'label':
      return overview.label_studio_url ? (
        <Button
          component="a"
          href={overview.label_studio_url}
          target="_blank"
          rel="noreferrer"
          rightSection={<IconExternalLink size={14} />}
        >
          Label in Label Studio
        </Button>
      ) : null;
    default:
      return null;
  }
}

function ResumeButton({ projectId }: { projectId: number }) {
  const resume = useMutation({ ...updateProjectMutation(), ...useProjectAction() });
  return (
    <Button
      loading={resume.isPending}
      onClick={() => resume.mutate({ path: { project_id: projectId }, body: { autopilot: true } })}
    >
      Resume autopilot
    </Button>
  );
}

function RetryButtons({ projectId, jobId }: { projectId: number; jobId: number | null }) {
  const retry = useMutation({ ...retryJobMutation(), ...useProjectAction() });
  return (
    <>
      {jobId !== null && (
        <Button
          loading={retry.isPending}
          onClick={() => retry.mutate({ path: { project_id: projectId, job_id: jobId } })}
        >
          Retry
        </Button>
      )}
      <Button
        variant="default"
        renderRoot={(props) => (
          <Link
            to="/projects/$projectId/jobs"
            params={{ projectId }}
            search={{ state: 'failed' }}
            {...props}
          />
        )}
      >
        See what failed
      </Button>
    </>
  );
}
