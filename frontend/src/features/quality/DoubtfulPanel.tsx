import { Text } from '@mantine/core';
import type { DoubtfulOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { EmptyState } from '@/components/EmptyState';
import { Panel } from '@/components/Panel';
import { SampleLink } from '@/components/SampleLink';
import { formatShare, plural } from '@/lib/numbers';
import classes from './DoubtfulPanel.module.css';

/** Labels that are less sure than the project wants them, the least sure first. */
export function DoubtfulPanel({ doubtful, bar }: { doubtful: DoubtfulOut; bar: number }) {
  if (doubtful.count === 0) {
    return (
      <Panel title={`No label is less sure than ${formatShare(bar)}`}>
        <EmptyState title="Nothing is in doubt">
          A label that its annotators are less sure of together than the project’s agreement bar appears here,
          and is asked about again.
        </EmptyState>
      </Panel>
    );
  }
  const verb = doubtful.count === 1 ? 'is' : 'are';
  return (
    <Panel title={`${plural(doubtful.count, 'label')} ${verb} less sure than ${formatShare(bar)}`}>
      <Text size="sm" c="dimmed" mb="sm">
        The next rounds ask about them again, the most valuable for their price first.
      </Text>
      <ul className={classes.gallery}>
        {doubtful.items.map((one) => (
          <li key={one.sample_id}>
            <SampleLink id={one.sample_id}>
              <img src={one.picture_url} alt={one.sample_name} className={classes.picture} loading="lazy" />
            </SampleLink>
            <div className={classes.line}>
              <ClassName of={one.label} />
              <span title={`after ${plural(one.answers, 'answer')}`}>{formatShare(one.quality)}</span>
            </div>
          </li>
        ))}
      </ul>
      {doubtful.count > doubtful.items.length && (
        <Text size="xs" c="dimmed" mt="xs">
          The {doubtful.items.length} least sure.
        </Text>
      )}
    </Panel>
  );
}
