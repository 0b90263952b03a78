import { Button, Checkbox, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { getAskAgainOptions } from '@/api/@tanstack/react-query.gen';
import type { LabelClassOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { EmptyState } from '@/components/EmptyState';
import { Panel } from '@/components/Panel';
import { SampleLink } from '@/components/SampleLink';
import { useMay } from '@/hooks/use-may';
import { formatCount, formatShare, plural } from '@/lib/numbers';
import { AskAgain } from './AskAgain';
import type { ErrorReport, Suspect } from './report';
import classes from './Suspects.module.css';

interface SuspectsProps {
  projectId: number;
  number: number;
  report: ErrorReport;
  classes: Pick<LabelClassOut, 'name' | 'color'>[];
}

/** Labels that models which had not learned from them speak against, to be answered again for a price. */
export function Suspects({ projectId, report, classes: known }: SuspectsProps) {
  const ids = useMemo(() => report.suspected.map((one) => one.sample_id), [report]);
  const mayAsk = useMay(projectId, 'run_loop');
  const offer = useQuery({
    ...getAskAgainOptions({ path: { project_id: projectId }, query: { samples: ids } }),
    enabled: ids.length > 0,
  });
  const open = new Set(mayAsk ? (offer.data?.open ?? []) : []);
  const [chosen, setChosen] = useState<number[]>([]);
  const [asking, setAsking] = useState<number[]>([]);
  const wanted = chosen.filter((id) => open.has(id));
  const checked = `${formatCount(report.checked)} labels checked by models that had not learned from them (confident learning; Northcutt et al., 2021). ${report.unchecked}`;
  if (ids.length === 0) {
    return (
      <Panel title="No label looks wrong">
        <EmptyState title="Nothing to ask again">{checked}</EmptyState>
      </Panel>
    );
  }
  return (
    <Panel
      title={`${plural(ids.length, 'label')} may be wrong`}
      actions={
        mayAsk && (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => setChosen(wanted.length ? [] : [...open])}>
              {wanted.length ? 'Choose none' : 'Choose all'}
            </Button>
            <Button size="xs" disabled={wanted.length === 0} onClick={() => setAsking(wanted)}>
              Ask {wanted.length ? plural(wanted.length, 'label') : 'labels'} again…
            </Button>
          </Group>
        )
      }
    >
      <Text size="xs" c="dimmed" mb="xs">
        {checked}
      </Text>
      <ul className={classes.gallery}>
        {report.suspected.map((one) => (
          <li key={one.sample_id} data-testid="suspect">
            <SuspectCard one={one} known={known} />
            {open.has(one.sample_id) ? (
              <Group gap={6} justify="space-between" wrap="nowrap">
                <Checkbox
                  size="xs"
                  aria-label={`Choose ${one.name}`}
                  checked={wanted.includes(one.sample_id)}
                  onChange={() =>
                    setChosen((now) =>
                      now.includes(one.sample_id)
                        ? now.filter((id) => id !== one.sample_id)
                        : [...now, one.sample_id],
                    )
                  }
                />
                <Button
                  size="compact-xs"
                  variant="default"
                  aria-label={`Ask about ${one.name} again`}
                  onClick={() => setAsking([one.sample_id])}
                >
                  Ask again…
                </Button>
              </Group>
            ) : (
              <Text size="xs" c="dimmed">
                {mayAsk ? (
                  <SampleLink id={one.sample_id}>Gold, corrected or queued: see it</SampleLink>
                ) : (
                  <SampleLink id={one.sample_id}>See it</SampleLink>
                )}
              </Text>
            )}
          </li>
        ))}
      </ul>
      {offer.data && (
        <AskAgain
          projectId={projectId}
          sampleIds={asking}
          offer={offer.data}
          onClose={() => setAsking([])}
          onAsked={() => setChosen([])}
        />
      )}
    </Panel>
  );
}

function SuspectCard({ one, known }: { one: Suspect; known: SuspectsProps['classes'] }) {
  const [label, suggested] = [known[one.label], known[one.suggested]];
  return (
    <>
      <SampleLink id={one.sample_id}>
        <img src={one.picture_url} alt={one.name} className={classes.picture} loading="lazy" />
      </SampleLink>
      <div className={classes.line}>
        {label && <ClassName of={label} />}
        <span title="How probable the label is">{formatShare(one.of_label)}</span>
      </div>
      <div className={classes.line}>
        {suggested && <ClassName of={suggested} />}
        <span title="How probable the model’s own answer is">{formatShare(one.probability)}</span>
      </div>
    </>
  );
}
