import { Alert, Button, Group, SegmentedControl, Select, Skeleton, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { getQueryPlanOptions, updateProjectMutation } from '@/api/@tanstack/react-query.gen';
import type { ProjectOut, QueryingOut, RecipeOut } from '@/api/types.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { useProjectAction } from '@/hooks/use-project-action';
import { messageOf } from '@/lib/errors';
import { MixtureFields } from './MixtureFields';
import { KINDS, type Kind, type PlanValues, planError, planValues, toPlan } from './query-plan';
import { RoundSizeAdvice } from './RoundSizeAdvice';
import { UsedPlan } from './UsedPlan';

/** How samples are chosen: what the project asks for, and what the newest round made of it. */
export function QueryPlanPanel({ project }: { project: ProjectOut }) {
  const querying = useQuery(getQueryPlanOptions({ path: { project_id: project.id } }));
  return (
    <Panel title="How samples are chosen">
      {querying.isError && !querying.data && (
        <ErrorNotice error={querying.error} onRetry={() => querying.refetch()} />
      )}
      {querying.isPending && <Skeleton height={220} />}
      {querying.data && (
        <Stack gap="md">
          <PlanForm
            key={JSON.stringify(querying.data.plan)}
            projectId={project.id}
            querying={querying.data}
          />
          <UsedPlan used={querying.data.used} />
          <RoundSizeAdvice project={project} used={querying.data.used} />
        </Stack>
      )}
    </Panel>
  );
}

function PlanForm({ projectId, querying }: { projectId: number; querying: QueryingOut }) {
  const [values, setValues] = useState(planValues(querying.plan));
  const saved = planValues(querying.plan);
  const isDirty = JSON.stringify(toPlan(values)) !== JSON.stringify(toPlan(saved));
  const { onSuccess } = useProjectAction(() => 'The next round is chosen so.');
  // A refusal is shown here, beside what was refused.
  const change = useMutation({ ...updateProjectMutation(), onSuccess });
  const wrong = planError(values) ?? (change.isError ? messageOf(change.error) : null);
  return (
    <Stack gap="sm" align="flex-start">
      <SegmentedControl
        aria-label="How samples are chosen"
        data={Object.entries(KINDS).map(([value, { label }]) => ({ value, label }))}
        value={values.kind}
        onChange={(kind) => {
          change.reset();
          setValues({ ...values, kind: kind as Kind });
        }}
      />
      <Text size="sm">{KINDS[values.kind].sentence}</Text>
      <Choice values={values} recipes={querying.recipes} onChange={setValues} />
      {wrong && (
        <Alert color="red" variant="light" role="alert">
          {wrong}
        </Alert>
      )}
      <Group>
        <Button
          disabled={!isDirty || planError(values) !== null}
          loading={change.isPending}
          onClick={() =>
            change.mutate({ path: { project_id: projectId }, body: { query_plan: toPlan(values) } })
          }
        >
          Choose so
        </Button>
        <Button variant="default" disabled={!isDirty} onClick={() => setValues(saved)}>
          Undo the changes
        </Button>
      </Group>
    </Stack>
  );
}

interface ChoiceProps {
  values: PlanValues;
  recipes: RecipeOut[];
  onChange: (values: PlanValues) => void;
}

function Choice({ values, recipes, onChange }: ChoiceProps) {
  if (values.kind === 'mixture')
    return (
      <MixtureFields
        parts={values.parts}
        recipes={recipes}
        onChange={(parts) => onChange({ ...values, parts })}
      />
    );
  if (values.kind !== 'recipe') return null;
  const chosen = recipes.find(({ name }) => name === values.recipe);
  return (
    <Select
      label="Way of asking"
      description={chosen?.sentence}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={recipes.map(({ name, title }) => ({ value: name, label: title }))}
      value={values.recipe}
      allowDeselect={false}
      searchable
      w="100%"
      maw={520}
      onChange={(recipe) => recipe && onChange({ ...values, recipe })}
    />
  );
}
