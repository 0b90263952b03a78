import { Button, NumberInput, Popover, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { updateProjectMutation } from '@/api/@tanstack/react-query.gen';
import type { ProjectOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { COST_UNIT } from '@/lib/cost';
import { messageOf } from '@/lib/errors';
import { type TermsValues, termsErrors, termsValues, toTerms } from './terms';

/** What is good enough, and how much the model will decide: what a forecast is weighed by. */
export function TermsButton({ project }: { project: ProjectOut }) {
  const [asking, setAsking] = useState(false);
  return (
    <Popover
      opened={asking}
      onChange={setAsking}
      width={300}
      position="bottom-end"
      withArrow
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Button variant="default" onClick={() => setAsking(!asking)}>
          Target and volume…
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <TermsForm project={project} onDone={() => setAsking(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

export function TermsForm({ project, onDone }: { project: ProjectOut; onDone: () => void }) {
  const form = useForm<TermsValues>({ initialValues: termsValues(project), validate: termsErrors });
  const { onSuccess } = useProjectAction();
  const change = useMutation({
    ...updateProjectMutation(),
    onSuccess: (changed) => {
      onDone();
      return onSuccess(changed);
    },
    onError: (error) => form.setFieldError('target', messageOf(error)),
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) =>
        change.mutate({ path: { project_id: project.id }, body: toTerms(values) }),
      )}
    >
      <Stack gap="xs">
        <NumberInput
          label={`Target (${project.budget.currency} ${COST_UNIT})`}
          description="Labeling may stop at this expected cost. Empty: no target."
          min={0}
          decimalScale={1}
          thousandSeparator=","
          hideControls
          data-autofocus
          {...form.getInputProps('target')}
        />
        <NumberInput
          label="Samples a year"
          description="How many the model will decide on: what makes a better one worth money."
          min={1}
          allowDecimal={false}
          thousandSeparator=","
          hideControls
          {...form.getInputProps('yearly_volume')}
        />
        <Button type="submit" size="sm" loading={change.isPending} disabled={!form.isDirty()}>
          Set the terms
        </Button>
      </Stack>
    </form>
  );
}
