import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { addBackboneMutation } from '@/api/@tanstack/react-query.gen';
import type { ZooOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { fieldOf, messageOf } from '@/lib/errors';

interface AddByNameProps {
  projectId: number;
  kind: 'package' | 'hub';
  zoo: ZooOut;
  onDone: () => void;
}

/** One that an installed package brings, or a model of the transformers hub. */
export function AddByName({ projectId, kind, zoo, onDone }: AddByNameProps) {
  const form = useForm({ initialValues: { name: '', source: '', licence: '' } });
  const { onSuccess } = useProjectAction(() => 'A worker loads and runs it.');
  const add = useMutation({
    ...addBackboneMutation(),
    onSuccess: (after) => {
      onDone();
      return onSuccess(after);
    },
    onError: (error) => form.setFieldError(fieldOf(error, form.values, 'name'), messageOf(error)),
  });
  const lacks = kind === 'hub' ? !zoo.hub : zoo.packages.length === 0;
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) =>
        add.mutate({ path: { project_id: projectId }, body: { kind, ...values } }),
      )}
    >
      <Stack gap="sm">
        {kind === 'package' ? <Package form={form} zoo={zoo} /> : <Hub form={form} zoo={zoo} />}
        <Group justify="flex-end">
          <Button type="submit" loading={add.isPending} disabled={lacks}>
            Add and check
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type NamedForm = ReturnType<typeof useForm<{ name: string; source: string; licence: string }>>;

function Package({ form, zoo }: { form: NamedForm; zoo: ZooOut }) {
  if (zoo.packages.length === 0)
    return (
      <Text size="sm">
        No installed package brings one that is not here yet. A package installed beside Heedful names it in
        the entry point group heedful.backbones; such a backbone can be fine-tuned, too.
      </Text>
    );
  return (
    <Select label="Backbone" data={zoo.packages} allowDeselect={false} {...form.getInputProps('name')} />
  );
}

function Hub({ form, zoo }: { form: NamedForm; zoo: ZooOut }) {
  if (!zoo.hub)
    return <Text size="sm">Models of the hub need an extra on the server: pip install 'heedful[hub]'.</Text>;
  return (
    <>
      <TextInput
        label="Model on the hub"
        description="Read from safe tensors alone; no code of its repository is run. Needs the network."
        placeholder="facebook/dinov2-small"
        {...form.getInputProps('source')}
      />
      <TextInput label="Name here" placeholder="dinov2-small" {...form.getInputProps('name')} />
      <TextInput label="Licence" placeholder="Apache-2.0" {...form.getInputProps('licence')} />
    </>
  );
}
