import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getMarksOptions, markSamplesMutation } from '@/api/@tanstack/react-query.gen';
import { May } from '@/components/May';
import { Panel } from '@/components/Panel';
import { SampleLink } from '@/components/SampleLink';
import { useFresh } from '@/hooks/use-fresh';
import { useProjectAction } from '@/hooks/use-project-action';
import { formatMoney } from '@/lib/money';
import { plural } from '@/lib/numbers';
import classes from './PoolMap.module.css';

/** What is not asked about, by whose word, and the way back. */
export function ForeignPanel({ projectId }: { projectId: number }) {
  const marks = useQuery({ ...getMarksOptions({ path: { project_id: projectId } }), ...useFresh(projectId) });
  const { onSuccess, onError } = useProjectAction();
  const mark = useMutation({ ...markSamplesMutation(), onSuccess, onError });
  if (!marks.data || (marks.data.set_aside === 0 && marks.data.first === 0)) return null;
  const { first, price, currency, set_aside, foreign, items } = marks.data;
  const send = (sample: number, kind: 'clear' | 'exclude') =>
    mark.mutate({ path: { project_id: projectId }, body: { samples: [sample], mark: kind } });
  return (
    <Panel title={`${plural(set_aside, 'sample')} set aside, ${plural(first, 'sample')} to be asked first`}>
      <Text size="sm" mb="xs">
        {foreign > 0 &&
          `${foreign} of them because the model has learned from nothing like them: nothing is paid for until you have looked. `}
        {first > 0 && price !== null && `Asking first costs about ${formatMoney(price, currency)}.`}
      </Text>
      <div className={classes.aside}>
        {items.map((one) => (
          <figure key={one.sample_id} className={classes.figure}>
            <SampleLink id={one.sample_id}>
              <img src={one.picture_url} alt={one.sample_name} loading="lazy" />
            </SampleLink>
            <figcaption>
              {one.why}
              <May projectId={projectId} to="run_loop">
                <Group gap={4}>
                  <Button variant="default" size="compact-xs" onClick={() => send(one.sample_id, 'clear')}>
                    Ask anyway
                  </Button>
                  {one.score !== null && (
                    <Button
                      variant="default"
                      size="compact-xs"
                      onClick={() => send(one.sample_id, 'exclude')}
                    >
                      Exclude
                    </Button>
                  )}
                </Group>
              </May>
            </figcaption>
          </figure>
        ))}
      </div>
    </Panel>
  );
}
