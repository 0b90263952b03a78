import { SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import { Panel } from '@/components/Panel';
import { ServerImport } from './ServerImport';
import { ZipImport } from './ZipImport';

const WAYS = [
  { value: 'zip', label: 'Zip file' },
  { value: 'folder', label: 'Server folder' },
  { value: 'table', label: 'Server table' },
];

/** Three ways to bring pictures in. */
export function ImportPanel({ projectId }: { projectId: number }) {
  const [way, setWay] = useState('zip');
  return (
    <Panel title="Import">
      <Stack gap="sm">
        <SegmentedControl
          size="xs"
          data={WAYS}
          value={way}
          onChange={setWay}
          aria-label="Where the pictures are"
          fullWidth
        />
        {way === 'zip' ? (
          <ZipImport projectId={projectId} />
        ) : (
          <ServerImport key={way} projectId={projectId} way={way === 'table' ? 'table' : 'folder'} />
        )}
      </Stack>
    </Panel>
  );
}
