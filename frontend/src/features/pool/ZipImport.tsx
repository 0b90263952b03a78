import '@mantine/dropzone/styles.css';
import { Group, Stack, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { IconFileZip } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { uploadZipMutation } from '@/api/@tanstack/react-query.gen';
import type { SourceOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { messageOf } from '@/lib/errors';
import { FOLDER, FolderGroups } from './FolderGroups';

const ZIP_TYPES = { 'application/zip': ['.zip'], 'application/x-zip-compressed': ['.zip'] };

export function ZipImport({ projectId }: { projectId: number }) {
  const [byFolder, setByFolder] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const { onSuccess } = useProjectAction(
    (source: SourceOut) => `${source.name} is uploaded; its pictures are being read.`,
  );
  const upload = useMutation({
    ...uploadZipMutation(),
    onSuccess,
    onError: (error) => setRefused(messageOf(error)),
  });
  const send = (file: File) => {
    setRefused(null);
    upload.mutate({ path: { project_id: projectId }, body: { file, group_column: byFolder ? FOLDER : '' } });
  };
  return (
    <Stack gap="sm">
      <Dropzone
        accept={ZIP_TYPES}
        multiple={false}
        loading={upload.isPending}
        onDrop={([file]) => file && send(file)}
        onReject={() => setRefused('That is not a zip file.')}
        inputProps={{ 'aria-label': 'Zip file of pictures' }}
      >
        <Group justify="center" gap="sm" py="sm" style={{ pointerEvents: 'none' }}>
          <IconFileZip size={28} stroke={1.5} color="var(--dim)" aria-hidden />
          <div>
            <Text size="sm" fw={600}>
              Drop a zip of pictures, or click to choose
            </Text>
            <Text size="xs" c="dimmed">
              A picture that is already in the pool is skipped; what is not a picture is refused by name.
            </Text>
          </div>
        </Group>
      </Dropzone>
      {refused && (
        <Text size="sm" c="var(--bad)" role="alert">
          {refused}
        </Text>
      )}
      <FolderGroups checked={byFolder} onChange={(event) => setByFolder(event.currentTarget.checked)} />
    </Stack>
  );
}
