import { Button, Popover, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { approveOwedMutation, waiveOwedMutation } from '@/api/@tanstack/react-query.gen';
import type { OwedOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { messageOf } from '@/lib/errors';
import { formatMoney } from '@/lib/money';

const WORDS = {
  approve: { button: 'Approve…', submit: 'Approve and charge', done: 'charged' },
  waive: { button: 'Waive…', submit: 'Waive', done: 'waived' },
};

interface DecideButtonProps {
  answer: OwedOut;
  projectId: number;
  currency: string;
  decision: 'approve' | 'waive';
}

/** Charges or strikes what an answer is owed, with a note for the ledger. */
export function DecideButton({ answer, projectId, currency, decision }: DecideButtonProps) {
  const [asking, setAsking] = useState(false);
  const [note, setNote] = useState('');
  const money = formatMoney(answer.owed, currency);
  const { onSuccess } = useProjectAction(() => `${money} for ${answer.annotator} ${WORDS[decision].done}.`);
  const decide = useMutation({
    ...(decision === 'approve' ? approveOwedMutation() : waiveOwedMutation()),
    onSuccess,
  });
  const submit = () =>
    decide.mutate({
      path: { project_id: projectId, annotation_id: answer.annotation_id },
      body: { note: note.trim() },
    });
  return (
    <Popover
      opened={asking}
      onChange={setAsking}
      width={280}
      position="bottom-end"
      withArrow
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Button variant="default" onClick={() => setAsking(!asking)}>
          {WORDS[decision].button}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Text size="sm">
            {decision === 'approve'
              ? `${money} more are spent for this answer of ${answer.annotator}.`
              : `${answer.annotator} gets nothing more for this answer. This cannot be undone.`}
          </Text>
          <TextInput
            label="Why"
            placeholder="optional, kept in the ledger"
            maxLength={400}
            data-autofocus
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            error={decide.isError && messageOf(decide.error)}
          />
          <Button loading={decide.isPending} onClick={submit}>
            {WORDS[decision].submit} {money}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
