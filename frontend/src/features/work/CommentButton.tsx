import { Button, Modal } from '@mantine/core';
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
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        Comment…
      </Button>
      <Modal opened={open} onClose={() => setOpen(false)} title="About this sample">
        <CommentForm projectId={projectId} sampleId={sampleId} onDone={() => setOpen(false)} />
      </Modal>
    </>
  );
}
