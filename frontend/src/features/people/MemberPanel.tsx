import { Table } from '@mantine/core';
import type { AnnotatorOut, MemberOut } from '@/api/types.gen';
import { Panel } from '@/components/Panel';
import { plural } from '@/lib/numbers';
import { MemberRow } from './MemberRow';

interface MemberPanelProps {
  projectId: number;
  members: MemberOut[];
  annotators: AnnotatorOut[];
}

/** Who has a place in the project, and in which role. */
export function MemberPanel({ projectId, members, annotators }: MemberPanelProps) {
  return (
    <Panel title={plural(members.length, 'member')}>
      <Table.ScrollContainer minWidth={420}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Member</Table.Th>
              <Table.Th w={150}>Role</Table.Th>
              <Table.Th w={110} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {members.map((member) => (
              <MemberRow
                key={member.user_id}
                projectId={projectId}
                member={member}
                annotator={annotators.find((one) => one.user_id === member.user_id)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}
