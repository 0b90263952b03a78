import { Stack, Table, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { withdrawInvitationMutation } from '@/api/@tanstack/react-query.gen';
import type { InvitationOut, TierOut } from '@/api/types.gen';
import { ConfirmButton } from '@/components/ConfirmButton';
import { Panel } from '@/components/Panel';
import { Time } from '@/components/Time';
import { usePermissions } from '@/hooks/use-may';
import { useProjectAction } from '@/hooks/use-project-action';
import { InviteForm } from './InviteForm';
import { rolesToGive } from './words';

interface InvitePanelProps {
  projectId: number;
  invitations: InvitationOut[];
  tiers: TierOut[];
}

/** Who is expected, and room for one more. */
export function InvitePanel({ projectId, invitations, tiers }: InvitePanelProps) {
  const roles = rolesToGive(usePermissions(projectId));
  if (roles.length === 0 && invitations.length === 0) return null;
  return (
    <Panel title={roles.length > 0 ? 'Invite somebody' : 'Invitations'}>
      <Stack gap="sm">
        {roles.length > 0 && <InviteForm projectId={projectId} roles={roles} tiers={tiers} />}
        {invitations.length > 0 && (
          <Table.ScrollContainer minWidth={440}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Invited</Table.Th>
                  <Table.Th>Role</Table.Th>
                  <Table.Th>Expires</Table.Th>
                  <Table.Th />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {invitations.map((one) => (
                  <InvitationRow
                    key={one.id}
                    projectId={projectId}
                    invitation={one}
                    changeable={roles.includes(one.role)}
                  />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Stack>
    </Panel>
  );
}

interface InvitationRowProps {
  projectId: number;
  invitation: InvitationOut;
  changeable: boolean;
}

function InvitationRow({ projectId, invitation, changeable }: InvitationRowProps) {
  const withdraw = useMutation({
    ...withdrawInvitationMutation(),
    ...useProjectAction(() => `The invitation of ${invitation.email} is withdrawn.`),
  });
  return (
    <Table.Tr data-testid="invitation">
      <Table.Td>
        {invitation.email}
        <Text size="xs" c="dimmed">
          by {invitation.invited_by}, <Time at={invitation.sent_at} />
        </Text>
      </Table.Td>
      <Table.Td>{invitation.role}</Table.Td>
      <Table.Td>{invitation.expired ? 'expired' : <Time at={invitation.expires_at} />}</Table.Td>
      <Table.Td className="number">
        {changeable && (
          <ConfirmButton
            label="Withdraw"
            does="Withdraw the invitation"
            aria-label={`Withdraw the invitation of ${invitation.email}`}
            loading={withdraw.isPending}
            onConfirm={() =>
              withdraw.mutate({ path: { project_id: projectId, invitation_id: invitation.id } })
            }
          >
            The link that {invitation.email} holds is void at once. You can invite them again.
          </ConfirmButton>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
