import { Alert, Button, Group, NumberInput, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { createProjectMutation, listBackbonesOptions } from '@/api/@tanstack/react-query.gen';
import type { BackboneOut, ProjectOut } from '@/api/types.gen';
import { Panel } from '@/components/Panel';
import { ApiError, messageOf } from '@/lib/errors';
import { ClassFields, type ProjectFormState } from './ClassFields';
import { CostFields } from './CostFields';
import { INITIAL, type ProjectValues, toProjectIn, validate } from './form';
import { MoneyFields } from './MoneyFields';

export function ProjectForm({ onCreated }: { onCreated: (project: ProjectOut) => void }) {
  const [refused, setRefused] = useState<string | null>(null);
  const form = useForm<ProjectValues>({ initialValues: INITIAL, validate });
  const queries = useQueryClient();
  const create = useMutation({
    ...createProjectMutation(),
    onSuccess: async (project) => {
      await queries.invalidateQueries();
      onCreated(project);
    },
    onError: (error) => {
      const field = error instanceof ApiError ? error.field : null;
      if (field) form.setFieldError(field, messageOf(error));
      setRefused(messageOf(error));
    },
  });
  const submit = form.onSubmit(
    (values) => {
      setRefused(null);
      create.mutate({ body: toProjectIn(values) });
    },
    (errors) => setRefused(`${Object.keys(errors).length} fields need another look.`),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md" maw={880}>
        <Panel title="What is it about?">
          <Basics form={form} />
        </Panel>
        <Panel title="Classes">
          <ClassFields form={form} />
        </Panel>
        <Panel title={`What does a mistake cost, in ${form.values.currency || 'money'}?`}>
          <CostFields form={form} />
        </Panel>
        <Panel title="What may labels cost?">
          <MoneyFields form={form} />
        </Panel>
        {refused && (
          <Alert color="red" variant="light" role="alert">
            {refused}
          </Alert>
        )}
        <Group>
          <Button type="submit" size="sm" loading={create.isPending}>
            Create the project
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Basics({ form }: { form: ProjectFormState }) {
  const backbones = useQuery(listBackbonesOptions());
  return (
    <Stack gap="sm">
      <TextInput label="Name" placeholder="Solar cells" maxLength={120} {...form.getInputProps('name')} />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <NumberInput
          label="Gold set"
          description="Samples drawn at random and labeled first, to measure on."
          min={1}
          hideControls
          {...form.getInputProps('gold_size')}
        />
        <NumberInput
          label="Round size"
          description="Samples queued at a time."
          min={1}
          hideControls
          {...form.getInputProps('round_size')}
        />
      </SimpleGrid>
      <Select
        label="Backbone"
        description="The pretrained feature extractor. Larger ones see more and take longer a picture."
        allowDeselect={false}
        data={(backbones.data ?? []).map((one) => ({
          value: one.name,
          label: backboneLabel(one),
          disabled: !one.available,
        }))}
        {...form.getInputProps('backbone')}
      />
    </Stack>
  );
}

function backboneLabel({ name, size, parameters, licence, available, distribution }: BackboneOut): string {
  const what = `${name}: ${size} × ${size} px, ${parameters} million parameters, ${licence}`;
  return available ? what : `${what}; to use it, pip install ${distribution}`;
}
