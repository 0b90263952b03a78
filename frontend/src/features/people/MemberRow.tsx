import { Select, Table, Text, Tooltip } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import {
  changeRoleMutation,
  leaveProjectMutation,
  meOptions,
  removeMemberMutation,
} from '@/api/@tanstack/react-query.gen';
import type { AnnotatorOut, MemberOut } from '@/api/types.gen';
import { ConfirmButton } from '@/components/ConfirmButton';
import { usePermissions } from '@/hooks/use-may';
import { useProjectAction } from '@/hooks/use-project-action';
import { plural } from '@/lib/numbers';
import { ROLES, type Role, rolesToGive } from './words';

interface MemberRowProps {
  projectId: number;
  member: MemberOut;
  /** The same person as one who answers, if they do. */
  annotator: AnnotatorOut | undefined;
}

export function MemberRow({ projectId, member, annotator }: MemberRowProps) {
  const { data: me } = useQuery({ ...meOptions(), staleTime: Number.POSITIVE_INFINITY });
  const roles = rolesToGive(usePermissions(projectId));
  const own = me?.id === member.user_id;
  const changeable = roles.includes(member.role);
  return (
    <Table.Tr data-testid="member">
      <Table.Td style={{ overflowWrap: 'anywhere' }}>
        {member.name || member.email}
        {own && ' (you)'}
        {member.name && (
          <Text size="xs" c="dimmed">
            {member.email}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {changeable ? (
          <RoleSelect projectId={projectId} member={member} roles={roles} />
        ) : (
          <Tooltip label={ROLES[member.role]}>
            <span>{member.role}</span>
          </Tooltip>
        )}
      </Table.Td>
      <Table.Td className="number">
        {own && <LeaveButton projectId={projectId} annotator={annotator} />}
        {!own && changeable && <RemoveButton projectId={projectId} member={member} annotator={annotator} />}
      </Table.Td>
    </Table.Tr>
  );
}

function RoleSelect({ projectId, member, roles }: { projectId: number; member: MemberOut; roles: Role[] }) {
  const change = useMutation({
    ...changeRoleMutation(),
    ...useProjectAction(
      (one: MemberOut) => `${one.name || one.email} is ${one.role} now: ${ROLES[one.role]}.`,
    ),
  });
  return (
    <Select
      size="xs"
      miw={124}
      aria-label={`Role of ${member.email}`}
      data={roles}
      value={member.role}
      allowDeselect={false}
      disabled={change.isPending}
      onChange={(role) =>
        role &&
        change.mutate({
          path: { project_id: projectId, user_id: member.user_id },
          body: { role: role as Role },
        })
      }
    />
  );
}

/** Nothing that was answered or charged goes with a person. */
function staying(annotator: AnnotatorOut | undefined): string {
  if (!annotator || annotator.answers === 0) return 'What was changed stays in the activity.';
  return `${plural(annotator.answers, 'answer')} and what was charged for them stay; as annotator the person is paused.`;
}

function RemoveButton({ projectId, member, annotator }: MemberRowProps) {
  const remove = useMutation({
    ...removeMemberMutation(),
    ...useProjectAction(() => `${member.email} is no member any more.`),
  });
  return (
    <ConfirmButton
      label="Remove"
      does={`Remove ${member.name || member.email}`}
      aria-label={`Remove ${member.email}`}
      loading={remove.isPending}
      onConfirm={() => remove.mutate({ path: { project_id: projectId, user_id: member.user_id } })}
    >
      {member.email} loses every page of this project at once. {staying(annotator)}
    </ConfirmButton>
  );
}

function LeaveButton({ projectId, annotator }: Omit<MemberRowProps, 'member'>) {
  const navigate = useNavigate();
  const { onError } = useProjectAction();
  const leave = useMutation({
    ...leaveProjectMutation(),
    onError,
    onSuccess: () => navigate({ to: '/projects' }),
  });
  return (
    <ConfirmButton
      label="Leave"
      does="Leave the project"
      loading={leave.isPending}
      onConfirm={() => leave.mutate({ path: { project_id: projectId } })}
    >
      You lose every page of this project, and only a manager can bring you back. {staying(annotator)}
    </ConfirmButton>
  );
}
