import { Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { acceptInvitationMutation, meQueryKey } from '@/api/@tanstack/react-query.gen';
import type { InvitationPageOut } from '@/api/types.gen';
import { Time } from '@/components/Time';
import { fieldOf, messageOf } from '@/lib/errors';

interface InvitationFormProps {
  token: string;
  invitation: InvitationPageOut;
  onAccepted: () => void;
}

const DOES: Record<InvitationPageOut['role'], string> = {
  owner: 'You will run it, and decide who else does.',
  manager: 'You will run its loop, its money and its people.',
  annotator: 'You will label what the model is least sure of.',
  viewer: 'You will see everything and change nothing.',
};

/** Who invites to what; a name and a password make the account, or the password of the present one joins it. */
export function InvitationForm({ token, invitation, onAccepted }: InvitationFormProps) {
  const queries = useQueryClient();
  const known = invitation.has_account;
  const form = useForm({
    initialValues: { name: '', password: '' },
    validate: {
      name: (name) => (known || name.trim() ? null : 'Enter the name that others see.'),
      password: (password) => (password ? null : known ? 'Enter your password.' : 'Choose a password.'),
    },
  });
  const accept = useMutation({
    ...acceptInvitationMutation(),
    onSuccess: (user) => {
      // Whoever was signed in here before is no more.
      queries.clear();
      queries.setQueryData(meQueryKey(), user);
      onAccepted();
    },
    onError: (error) => form.setFieldError(fieldOf(error, form.values, 'password'), messageOf(error)),
  });
  return (
    <Paper withBorder p="xl" w="100%" maw={400}>
      <form noValidate onSubmit={form.onSubmit((body) => accept.mutate({ path: { token }, body }))}>
        <Stack gap="md">
          <Title order={1}>{invitation.project}</Title>
          <Text size="sm">
            {invitation.invited_by} invites you as {invitation.role}. {DOES[invitation.role]}
          </Text>
          <TextInput label="E-mail" value={invitation.email} readOnly autoComplete="username" />
          {!known && (
            <TextInput label="Your name" autoComplete="name" autoFocus {...form.getInputProps('name')} />
          )}
          <PasswordInput
            label={known ? 'Your password' : 'A new password'}
            description={known ? 'This address has an account here already.' : undefined}
            autoComplete={known ? 'current-password' : 'new-password'}
            autoFocus={known}
            {...form.getInputProps('password')}
          />
          <Button type="submit" size="sm" loading={accept.isPending}>
            Join the project
          </Button>
          <Text size="xs" c="dimmed">
            The invitation works once and expires <Time at={invitation.expires_at} />.
          </Text>
        </Stack>
      </form>
    </Paper>
  );
}
