import { Checkbox, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getEmailSettingsOptions, putEmailSettingsMutation } from '@/api/@tanstack/react-query.gen';
import type { EmailSettingsOut } from '@/api/types.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useProjectAction } from '@/hooks/use-project-action';
import { KINDS } from './kinds';

/** Of what one gets e-mail from this project; a click saves. */
export function EmailPanel({ projectId }: { projectId: number }) {
  const settings = useQuery(getEmailSettingsOptions({ path: { project_id: projectId } }));
  return (
    <Panel title="Sent to you by e-mail">
      {settings.isError && <ErrorNotice error={settings.error} onRetry={() => settings.refetch()} />}
      {settings.isPending && <Skeletons heights={[240]} />}
      {settings.data && <EmailChoices projectId={projectId} settings={settings.data} />}
    </Panel>
  );
}

function EmailChoices({ projectId, settings }: { projectId: number; settings: EmailSettingsOut }) {
  const save = useMutation({ ...putEmailSettingsMutation(), ...useProjectAction() });
  const send = (kinds: string[]) =>
    save.mutate({ path: { project_id: projectId }, body: { kinds: kinds as EmailSettingsOut['kinds'] } });
  return (
    <Stack gap="xs">
      {!settings.available && (
        <Text size="sm" c="dimmed">
          This Heedful has no mail server, so nothing is sent. What you choose holds as soon as it has one.
        </Text>
      )}
      {settings.problem && (
        <Text size="sm" c="var(--bad)">
          The latest mail to you is not sent yet: {settings.problem}
        </Text>
      )}
      <Checkbox.Group aria-label="Sent to you by e-mail" value={settings.kinds} onChange={send}>
        <Stack gap={6}>
          {settings.choices.map((kind) => (
            <Checkbox key={kind} value={kind} label={KINDS[kind]} disabled={save.isPending} />
          ))}
        </Stack>
      </Checkbox.Group>
    </Stack>
  );
}
