import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listDisputesOptions } from '@/api/@tanstack/react-query.gen';
import { ClassName } from '@/components/ClassName';
import { Panel } from '@/components/Panel';
import { SampleLink } from '@/components/SampleLink';
import { Time } from '@/components/Time';
import { useFresh } from '@/hooks/use-fresh';
import { plural } from '@/lib/numbers';
import classes from './DisputesPanel.module.css';

/** Labels that somebody disputes and no manager has looked at, the oldest first; nothing at all without any. */
export function DisputesPanel({ projectId }: { projectId: number }) {
  const disputes = useQuery({
    ...listDisputesOptions({ path: { project_id: projectId } }),
    ...useFresh(projectId),
  });
  if (!disputes.data || disputes.data.count === 0) return null;
  return (
    <Panel title={`${plural(disputes.data.count, 'label')} disputed: correct each or let it stand`}>
      <ul className={classes.disputes}>
        {disputes.data.items.map((one) => (
          <li key={one.comment_id} data-testid="dispute">
            <img src={one.picture_url} alt="" loading="lazy" decoding="async" />
            <div>
              <SampleLink id={one.sample_id}>{one.sample_name}</SampleLink>
              <Text size="xs" c="dimmed">
                {one.label ? <ClassName of={one.label} /> : 'no label'} · {one.by} · <Time at={one.at} />
              </Text>
              <Text size="sm">{one.text}</Text>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
