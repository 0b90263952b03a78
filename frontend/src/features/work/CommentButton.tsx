import { Button, Popover } from '@mantine/core';
import { useState } from 'react';
import { CommentForm } from '@/components/CommentForm';

interface CommentButtonProps {
  projectId: number;
  sampleId: number;
}

/** Lets annotators tell the managers about a sample they answered. */
export function CommentButton({ projectId, sampleId }: CommentButtonProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} width={320} withArrow trapFocus position="left">
      <Popover.Target>
        <Button variant="default" onClick={() => setOpen(true)}>
          Comment…
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <CommentForm projectId={projectId} sampleId={sampleId} onDone={() => setOpen(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}
