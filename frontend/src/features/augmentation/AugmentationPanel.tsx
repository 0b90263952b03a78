import { Alert, Button, Checkbox, Group, Radio, SimpleGrid, Slider, Stack, Text } from '@mantine/core';
import { type UseFormReturnType, useForm } from '@mantine/form';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import {
  changeAugmentationMutation,
  getAugmentationOptions,
  previewAugmentationMutation,
} from '@/api/@tanstack/react-query.gen';
import type { AugmentationOut, TransformOut } from '@/api/types.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useMay } from '@/hooks/use-may';
import { useProjectAction } from '@/hooks/use-project-action';
import { fieldOf, messageOf } from '@/lib/errors';
import {
  type AugmentationValues,
  augmentationErrors,
  isDrawnFor,
  MODES,
  optionsOf,
  valuesOf,
  warning,
} from './augmentation';
import { PreviewGrid } from './PreviewGrid';

type Form = UseFormReturnType<AugmentationValues>;

const DRAWING_MS = 1_000;

/** From which changed versions of the pictures deep runs learn, and what these look like. */
export function AugmentationPanel({ projectId }: { projectId: number }) {
  const found = useQuery({
    ...getAugmentationOptions({ path: { project_id: projectId } }),
    refetchInterval: (query) => (query.state.data?.drawing?.live ? DRAWING_MS : false),
  });
  if (found.isError && !found.data)
    return <ErrorNotice error={found.error} onRetry={() => found.refetch()} />;
  if (!found.data) return <Skeletons heights={[420]} />;
  return <AugmentationForm projectId={projectId} found={found.data} />;
}

function AugmentationForm({ projectId, found }: { projectId: number; found: AugmentationOut }) {
  const mayChange = useMay(projectId, 'change_settings');
  const form = useForm<AugmentationValues>({
    initialValues: valuesOf(found.options, found.transforms),
    validate: augmentationErrors,
  });
  const { onSuccess } = useProjectAction(() => 'The next deep run learns this way.');
  const onError = (error: unknown) =>
    form.setFieldError(fieldOf(error, form.values, 'mode'), messageOf(error));
  const change = useMutation({
    ...changeAugmentationMutation(),
    onSuccess: (after: AugmentationOut) => {
      const values = valuesOf(after.options, after.transforms);
      form.setInitialValues(values);
      form.setValues(values);
      return onSuccess(after);
    },
    onError,
  });
  const preview = useMutation({ ...previewAugmentationMutation(), ...useProjectAction(), onError });
  const sent = { path: { project_id: projectId }, body: optionsOf(form.values) };
  return (
    <Panel title="Learning from changed pictures">
      <Text size="sm" c="dimmed" mb="sm">
        With few labels, a deep run can learn from versions of its pictures too: moved, lit, blurred a little.
        Gold and the pool are judged as they are. Quick runs do not use this.
      </Text>
      <form noValidate onSubmit={form.onSubmit(() => change.mutate(sent))}>
        <fieldset disabled={!mayChange} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
            <Modes form={form} />
            {form.values.mode !== 'off' && (
              <Stack gap="md">
                {form.values.mode === 'fixed' && <Chosen form={form} transforms={found.transforms} />}
                <Allowed form={form} transforms={found.transforms} />
              </Stack>
            )}
          </SimpleGrid>
          {mayChange && (
            <Group mt="sm">
              <Button type="submit" loading={change.isPending} disabled={!form.isDirty()}>
                Augment this way
              </Button>
              <Button variant="default" disabled={!form.isDirty()} onClick={() => form.reset()}>
                Undo the changes
              </Button>
              <Button
                variant="default"
                loading={preview.isPending || found.drawing?.live}
                disabled={form.values.mode === 'off' || found.samples === 0}
                onClick={() => !form.validate().hasErrors && preview.mutate(sent)}
              >
                Show on my pictures
              </Button>
            </Group>
          )}
        </fieldset>
      </form>
      <PreviewGrid
        projectId={projectId}
        found={found}
        mode={form.values.mode}
        current={isDrawnFor(found, form.values)}
      />
    </Panel>
  );
}

function Modes({ form }: { form: Form }) {
  return (
    <Radio.Group label="Augmentation" {...form.getInputProps('mode')}>
      <Stack gap="xs" mt="xs">
        {MODES.map((one) => (
          <Radio key={one.value} value={one.value} label={one.label} description={one.when} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

function Chosen({ form, transforms }: { form: Form; transforms: TransformOut[] }) {
  return (
    <>
      <Checkbox.Group label="Safe transforms" {...form.getInputProps('transforms')}>
        <Options transforms={transforms.filter((one) => !one.may_break)} />
      </Checkbox.Group>
      <div>
        <Text size="sm" fw={500} id="augmentation-strength">
          Strength {form.values.strength}
        </Text>
        <Slider
          min={0.1}
          max={1}
          step={0.1}
          label={null}
          disabled={form.values.transforms.length + form.values.allowed.length === 0}
          thumbProps={{ 'aria-labelledby': 'augmentation-strength' }}
          {...form.getInputProps('strength')}
        />
        <Text size="xs" c="dimmed">
          How far each may go; mirrors and turns do not depend on it.
        </Text>
      </div>
    </>
  );
}

function Allowed({ form, transforms }: { form: Form; transforms: TransformOut[] }) {
  const said = warning(form.values.allowed, transforms);
  return (
    <div>
      <Checkbox.Group
        label="Transforms that may break labels"
        description={
          form.values.mode === 'searched'
            ? 'Off. Those that you allow are tried as well.'
            : 'Off. Those that you allow are used as well.'
        }
        {...form.getInputProps('allowed')}
      >
        <Options transforms={transforms.filter((one) => one.may_break)} />
      </Checkbox.Group>
      {said && (
        <Alert color="yellow" variant="light" mt="xs" icon={<IconAlertTriangle size={18} />} role="status">
          {said}
        </Alert>
      )}
    </div>
  );
}

function Options({ transforms }: { transforms: TransformOut[] }) {
  return (
    <Stack gap="xs" mt="xs">
      {transforms.map((one) => (
        <Checkbox key={one.name} value={one.name} label={one.title} description={one.sentence} />
      ))}
    </Stack>
  );
}
