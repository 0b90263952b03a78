import { Button } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { retryJobMutation, updateProjectMutation } from '@/api/@tanstack/react-query.gen';
import type { OverviewOut } from '@/api/types.gen';
import { ImportLink } from '@/components/ImportLink';
import { type Permission, useMay } from '@/hooks/use-may';
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

type Action = NonNullable<OverviewOut['next_step']['action']>;

const NEEDS: Record<Action, Permission> = {
  import: 'import',
  resume: 'change_settings',
  retry: 'run_loop',
  raise_budget: 'change_money',
  label: 'own_work',
  approve: 'change_money',
};

function NextAction({ overview }: { overview: OverviewOut }) {
  const projectId = overview.project.id;
  const may = useMay(projectId, NEEDS[overview.next_step.action ?? 'label']);
  if (!may) return null;
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
    case 'approve':
      return (
        <Button
          renderRoot={(props) => <Link to="/projects/$projectId/queue" params={{ projectId }} {...props} />}
        >
          See the plan
        </Button>
      );
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
