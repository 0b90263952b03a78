import { Button, FileInput, Group, NumberInput, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { uploadBackboneMutation } from '@/api/@tanstack/react-query.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { fieldOf, messageOf } from '@/lib/errors';
import { declared, FILE_VALUES, type FileValues, fileErrors } from './own';

/** A file with what is declared of it. */
export function AddFile({ projectId, onDone }: { projectId: number; onDone: () => void }) {
  const form = useForm<FileValues>({ initialValues: FILE_VALUES, validate: fileErrors });
  const { onSuccess } = useProjectAction(() => 'The file is uploaded; a worker runs it.');
  const upload = useMutation({
    ...uploadBackboneMutation(),
    onSuccess: (after) => {
      onDone();
      return onSuccess(after);
    },
    onError: (error) => form.setFieldError(fieldOf(error, form.values, 'file'), messageOf(error)),
  });
  const send = form.onSubmit((values) => {
    if (values.file)
      upload.mutate({ path: { project_id: projectId }, body: { file: values.file, ...declared(values) } });
  });
  return (
    <form onSubmit={send} noValidate>
      <Stack gap="sm">
        <Text size="sm">
          It gets pictures (n, 3, size, size) and gives an embedding (n, width), or better a feature map (n,
          width, h, w), whose mean is the embedding: heatmaps come from it. It is run before it is believed.
        </Text>
        <FileInput
          label="ONNX or TorchScript"
          description="One file with its weights. A pickled module is not opened."
          accept=".onnx,.pt,.ts,.torchscript"
          clearable
          {...form.getInputProps('file')}
        />
        <TextInput
          label="Name"
          description="Small letters, digits, dots and dashes."
          placeholder="panel-net"
          {...form.getInputProps('name')}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput label="Licence" placeholder="Apache-2.0" {...form.getInputProps('licence')} />
          <TextInput
            label="Origin"
            placeholder="trained on our panels"
            maxLength={300}
            {...form.getInputProps('origin')}
          />
          <NumberInput label="Size, in pixels a side" hideControls {...form.getInputProps('size')} />
          <NumberInput label="Embedding width" hideControls {...form.getInputProps('embedding_width')} />
          <TextInput
            label="Mean"
            description="Red, green, blue, of values 0 to 1"
            {...form.getInputProps('mean')}
          />
          <TextInput
            label="Standard deviation"
            description="Red, green, blue"
            {...form.getInputProps('std')}
          />
        </SimpleGrid>
        <Group justify="flex-end">
          <Button type="submit" loading={upload.isPending}>
            Upload and check
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
