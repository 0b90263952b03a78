import { Alert, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { inviteMutation } from '@/api/@tanstack/react-query.gen';
import type { InvitedOut, TierOut } from '@/api/types.gen';
import { CopyField } from '@/components/CopyField';
import { useProjectAction } from '@/hooks/use-project-action';
import { fieldOf, messageOf } from '@/lib/errors';
import { ROLES, type Role } from './words';

interface InviteFormProps {
  projectId: number;
  roles: Role[];
  tiers: TierOut[];
}

interface Values {
  email: string;
  role: Role;
  tier_id: string | null;
}

/** A role for an address, and a tier if they label; afterwards, the link to hand over. */
export function InviteForm({ projectId, roles, tiers }: InviteFormProps) {
  const form = useForm<Values>({
    initialValues: { email: '', role: 'annotator', tier_id: null },
    validate: {
      email: (email) => (email.includes('@') ? null : 'Enter their e-mail address.'),
      tier_id: (tier, { role }) => (role === 'annotator' && !tier ? 'Annotators need a tier.' : null),
    },
  });
  const { onSuccess } = useProjectAction();
  const invite = useMutation({
    ...inviteMutation(),
    onSuccess: (invited) => {
      form.reset();
      return onSuccess(invited);
    },
    onError: (error) => form.setFieldError(fieldOf(error, form.values, 'email'), messageOf(error)),
  });
  const submit = form.onSubmit(({ email, role, tier_id }) =>
    invite.mutate({
      path: { project_id: projectId },
      body: { email, role, tier_id: tier_id === null ? null : Number(tier_id) },
    }),
  );
  return (
    <Stack gap="sm">
      <form onSubmit={submit} noValidate>
        <Group gap="xs" align="flex-start">
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="off"
            flex="1 1 150px"
            {...form.getInputProps('email')}
          />
          <Select
            label="Role"
            w={130}
            size="sm"
            allowDeselect={false}
            data={roles}
            {...form.getInputProps('role')}
          />
          <Select
            label="Tier"
            w={140}
            size="sm"
            clearable={form.values.role !== 'annotator'}
            placeholder={form.values.role === 'annotator' ? 'Choose' : 'Labels nothing'}
            data={tiers.map((tier) => ({ value: String(tier.id), label: tier.kind }))}
            {...form.getInputProps('tier_id')}
          />
          <Button type="submit" size="sm" mt={{ base: 0, sm: 22 }} loading={invite.isPending}>
            Invite
          </Button>
        </Group>
        <Text size="xs" c="dimmed" mt={4}>
          {form.values.role}: {ROLES[form.values.role]}
        </Text>
      </form>
      {invite.data && <Invited invited={invite.data} />}
    </Stack>
  );
}

/** What came of it: a member at once, or a link that is shown only now. */
function Invited({ invited }: { invited: InvitedOut }) {
  const joined = invited.expires_at === null;
  const title = joined
    ? `${invited.email} has an account and is ${invited.role} from now on`
    : `The link for ${invited.email}, shown only now`;
  return (
    <Alert color="accent" title={title} data-testid="invited">
      <Stack gap="xs">
        <Text size="sm">
          {invited.mailed
            ? 'It was sent to them by e-mail.'
            : 'It was not sent by e-mail: hand it over yourself.'}
          {!joined && ' It works once, within 7 days.'}
        </Text>
        <CopyField value={invited.link} data-testid="invitation-link" />
        {invited.label_studio_url && (
          <>
            <Text size="sm">To label, they also sign up in Label Studio, with the same address:</Text>
            <CopyField value={invited.label_studio_url} />
          </>
        )}
      </Stack>
    </Alert>
  );
}
