import { Stack } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { ReportFrame } from '@/components/ReportFrame';
import { AttentionPanel } from '@/features/attention/AttentionPanel';
import type { Attention } from '@/features/attention/attention';
import { TrustPanel } from '@/features/attention/TrustPanel';

const route = getRouteApi('/signed-in/projects/$projectId/models/$number/attention');

export function VersionAttentionPage() {
  const { projectId, number } = route.useParams();
  return (
    <Stack gap="sm">
      <ReportFrame<Attention>
        projectId={projectId}
        number={number}
        kind="attention"
        asks="See what it looks at"
        empty={{
          title: 'Nobody has looked yet at what it looks at',
          text: 'The heat of gold is put together class by class: whether the object is looked at, or a mark in the corner. Takes seconds.',
        }}
      >
        {(found) => <AttentionPanel found={found} />}
      </ReportFrame>
      <TrustPanel projectId={projectId} number={number} />
    </Stack>
  );
}
