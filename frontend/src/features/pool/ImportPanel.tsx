import { SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import { Panel } from '@/components/Panel';
import { ServerImport } from './ServerImport';
import { ZipImport } from './ZipImport';

const WAYS = [
  { value: 'zip', label: 'Zip file' },
  { value: 'folder', label: 'Server folder' },
  { value: 'csv', label: 'Server CSV' },
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
          <ServerImport key={way} projectId={projectId} kind={way === 'csv' ? 'csv' : 'folder'} />
        )}
      </Stack>
    </Panel>
  );
}
