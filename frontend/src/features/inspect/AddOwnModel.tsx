import {
  Button,
  FileInput,
  Group,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { addOwnModelMutation } from '@/api/@tanstack/react-query.gen';
import type { OwnModelOut } from '@/api/types.gen';
import { fieldOf, messageOf } from '@/lib/errors';

interface Values {
  file: File | null;
  name: string;
  version: string;
  classes: string;
  size: number | string;
  mean: string;
  std: string;
  gives: 'logits' | 'probabilities';
}

const BEGIN: Values = {
  file: null,
  name: '',
  version: '1',
  classes: '',
  size: 224,
  mean: '0.485, 0.456, 0.406',
  std: '0.229, 0.224, 0.225',
  gives: 'logits',
};

const listed = (text: string) =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);

/** An ONNX or TorchScript classifier with what is declared of it; it is run before it is believed. */
export function AddOwnModel({ onDone }: { onDone: (model: OwnModelOut) => void }) {
  const queries = useQueryClient();
  const form = useForm<Values>({
    initialValues: BEGIN,
    validate: {
      file: (file) => (file ? null : 'Choose a file.'),
      name: (name) => (name.trim() ? null : 'Give it a name.'),
      classes: (classes) =>
        listed(classes).length > 1 ? null : 'Name at least two, with commas between them.',
    },
  });
  const add = useMutation({
    ...addOwnModelMutation(),
    onSuccess: async (made) => {
      await queries.invalidateQueries();
      onDone(made);
    },
    onError: (error) => form.setFieldError(fieldOf(error, form.values, 'file'), messageOf(error)),
  });
  const send = form.onSubmit(({ file, classes, mean, std, size, ...rest }) => {
    if (!file) return;
    add.mutate({
      body: {
        file,
        ...rest,
        classes: listed(classes),
        size: Number(size),
        mean: listed(mean).map(Number),
        std: listed(std).map(Number),
      },
    });
  });
  return (
    <form onSubmit={send} noValidate>
      <Stack gap="sm">
        <Text size="sm">
          It gets pictures (n, 3, size, size) and gives one number for each class. Nobody but you sees it.
        </Text>
        <FileInput
          label="ONNX or TorchScript"
          description="One file with its weights. A pickled module is not opened."
          accept=".onnx,.pt,.ts,.torchscript"
          clearable
          {...form.getInputProps('file')}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <TextInput label="Name" placeholder="panel-net" {...form.getInputProps('name')} />
          <TextInput label="Version" {...form.getInputProps('version')} />
        </SimpleGrid>
        <TextInput
          label="Classes"
          description="In the order of the output, with commas between them"
          placeholder="intact, crack"
          {...form.getInputProps('classes')}
        />
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          <NumberInput label="Size, in pixels a side" hideControls {...form.getInputProps('size')} />
          <Select
            label="It gives"
            data={['logits', 'probabilities']}
            allowDeselect={false}
            {...form.getInputProps('gives')}
          />
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
          <Button type="submit" loading={add.isPending}>
            Upload and check
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
