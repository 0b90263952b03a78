import { getRouteApi } from '@tanstack/react-router';
import { ReportFrame } from '@/components/ReportFrame';
import { RobustnessPanel } from '@/features/robustness/RobustnessPanel';
import type { Robustness } from '@/features/robustness/robustness';

const route = getRouteApi('/signed-in/projects/$projectId/models/$number/robustness');

export function VersionRobustnessPage() {
  const { projectId, number } = route.useParams();
  return (
    <ReportFrame<Robustness>
      projectId={projectId}
      number={number}
      kind="robustness"
      asks="Try to fool it"
      empty={{
        title: 'Nobody has tried to fool it yet',
        text: 'Blur, noise, shifts and the like in five severities, attacks along the gradient, and nonsense pictures: what each costs on gold. Takes about a minute.',
      }}
    >
      {(found) => <RobustnessPanel found={found} />}
    </ReportFrame>
  );
}
