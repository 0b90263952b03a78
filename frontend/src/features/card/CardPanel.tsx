import { Anchor, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { updateProjectMutation } from '@/api/@tanstack/react-query.gen';
import { May } from '@/components/May';
import { Panel } from '@/components/Panel';
import { useProjectAction } from '@/hooks/use-project-action';
import classes from './CardPanel.module.css';

interface CardPanelProps {
  projectId: number;
  number: number;
  notes: string;
}

/** The model card as it is, to read, take away and add to. */
export function CardPanel({ projectId, number, notes }: CardPanelProps) {
  const [edition, setEdition] = useState(0);
  const address = `/api/projects/${projectId}/models/${number}/card`;
  return (
    <Stack gap="sm">
      <May projectId={projectId} to="change_settings">
        <NotesForm projectId={projectId} notes={notes} onSaved={() => setEdition((now) => now + 1)} />
      </May>
      <Panel
        title="The card"
        actions={
          <Group gap="md">
            {(['html', 'pdf'] as const).map((form) => (
              <Anchor key={form} size="sm" href={`${address}?form=${form}&download=true`} download>
                <IconDownload size={14} style={{ marginRight: 4, verticalAlign: '-2px' }} aria-hidden />
                {form.toUpperCase()}
              </Anchor>
            ))}
          </Group>
        }
      >
        <iframe
          key={edition}
          className={classes.card}
          src={address}
          sandbox=""
          title={`Model card of version ${number}`}
        />
      </Panel>
    </Stack>
  );
}

interface NotesFormProps {
  projectId: number;
  notes: string;
  onSaved: () => void;
}

function NotesForm({ projectId, notes, onSaved }: NotesFormProps) {
  const [text, setText] = useState(notes);
  const { onSuccess, onError } = useProjectAction(() => 'The cards of this project say so now.');
  const save = useMutation({
    ...updateProjectMutation(),
    onSuccess: (after) => {
      onSaved();
      return onSuccess(after);
    },
    onError,
  });
  return (
    <Panel title="What models of this project are for, and what not">
      <Textarea
        aria-label="What models of this project are for, and what not"
        placeholder="Finds cracks on monocrystalline cells in our lab. Not for roofs, nor for deciding a warranty alone."
        autosize
        minRows={2}
        maxLength={5000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Group justify="space-between" mt="xs">
        <Text size="xs" c="dimmed">
          It stands first on every card of the project.
        </Text>
        <Button
          size="xs"
          disabled={text === notes}
          loading={save.isPending}
          onClick={() => save.mutate({ path: { project_id: projectId }, body: { card_notes: text } })}
        >
          Save
        </Button>
      </Group>
    </Panel>
  );
}
