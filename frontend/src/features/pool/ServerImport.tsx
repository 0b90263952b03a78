import { Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { importSourceMutation } from '@/api/@tanstack/react-query.gen';
import type { SourceIn, SourceOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { ApiError, messageOf } from '@/lib/errors';
import { FOLDER, FolderGroups } from './FolderGroups';

const PATHS = {
  folder: { label: 'Folder', placeholder: '/data/pictures' },
  table: { label: 'CSV or Parquet file', placeholder: '/data/pictures.parquet' },
};

/** A table's name says of which kind it is. */
function kindOf(way: keyof typeof PATHS, path: string): SourceIn['kind'] {
  if (way === 'folder') return 'folder';
  return path.trim().toLowerCase().endsWith('.parquet') ? 'parquet' : 'csv';
}

export function ServerImport({ projectId, way }: { projectId: number; way: keyof typeof PATHS }) {
  const form = useForm({
    initialValues: { path: '', group_column: '' },
    validate: { path: (path) => (path.trim() ? null : 'Enter a path on the server.') },
  });
  const { onSuccess } = useProjectAction((source: SourceOut) => `${source.name} is being read.`);
  const start = useMutation({
    ...importSourceMutation(),
    onSuccess: (source) => {
      form.reset();
      return onSuccess(source);
    },
    onError: (error) => {
      const field = error instanceof ApiError && error.field === 'group_column' ? 'group_column' : 'path';
      form.setFieldError(field, messageOf(error));
    },
  });
  const submit = form.onSubmit((body) =>
    start.mutate({ path: { project_id: projectId }, body: { kind: kindOf(way, body.path), ...body } }),
  );
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          {...PATHS[way]}
          description="On the server, inside one of the folders that imports are allowed from."
          {...form.getInputProps('path')}
        />
        {way === 'table' ? (
          <TextInput
            label="Group column"
            description="Rows of one group (a patient, a panel) are never split between training and testing. May stay empty."
            placeholder="patient_id"
            {...form.getInputProps('group_column')}
          />
        ) : (
          <FolderGroups
            checked={form.values.group_column === FOLDER}
            onChange={(event) =>
              form.setFieldValue('group_column', event.currentTarget.checked ? FOLDER : '')
            }
          />
        )}
        <Button type="submit" loading={start.isPending} style={{ alignSelf: 'flex-start' }}>
          Import
        </Button>
      </Stack>
    </form>
  );
}
