import { Button, Modal, SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import type { ZooOut } from '@/api/types.gen';
import { AddByName } from './AddByName';
import { AddFile } from './AddFile';

const WAYS = [
  { value: 'file', label: 'A file' },
  { value: 'package', label: 'A package' },
  { value: 'hub', label: 'The hub' },
] as const;

type Way = (typeof WAYS)[number]['value'];

/** Brings a backbone of one's own; a worker runs it before it can be chosen. */
export function AddBackbone({ projectId, zoo }: { projectId: number; zoo: ZooOut }) {
  const [open, setOpen] = useState(false);
  const [way, setWay] = useState<Way>('file');
  const close = () => setOpen(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        Bring your own…
      </Button>
      <Modal opened={open} onClose={close} title="Bring a backbone of your own">
        <Stack gap="sm">
          <SegmentedControl
            aria-label="Where it comes from"
            data={[...WAYS]}
            value={way}
            onChange={(chosen) => setWay(chosen as Way)}
          />
          {way === 'file' ? (
            <AddFile projectId={projectId} onDone={close} />
          ) : (
            <AddByName key={way} projectId={projectId} kind={way} zoo={zoo} onDone={close} />
          )}
        </Stack>
      </Modal>
    </>
  );
}
