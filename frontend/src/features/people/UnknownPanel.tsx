import { Stack, Text } from '@mantine/core';
import type { AnnotatorOut, TierOut } from '@/api/types.gen';
import { May } from '@/components/May';
import { Panel } from '@/components/Panel';
import { plural } from '@/lib/numbers';
import { AssignForm } from './AssignForm';
import classes from './UnknownPanel.module.css';
import { unpricedWords } from './words';

interface UnknownPanelProps {
  projectId: number;
  unknown: AnnotatorOut[];
  tiers: TierOut[];
  currency: string;
}

/** Who answers without a tier: their answers count, and nobody is charged until somebody assigns them. */
export function UnknownPanel({ projectId, unknown, tiers, currency }: UnknownPanelProps) {
  if (unknown.length === 0) return null;
  return (
    <Panel title={`${plural(unknown.length, 'annotator')} without a tier`}>
      <Text size="sm" c="dimmed" mb="xs">
        Somebody answered in Label Studio whom nobody assigned yet. Their answers are kept and charged to
        nobody until you choose a tier.
      </Text>
      <Stack gap="xs">
        {unknown.map((one) => (
          <div key={one.id} className={classes.row} data-testid="unknown-annotator">
            <div>
              <Text size="sm" fw={600}>
                {one.name}
              </Text>
              <Text size="xs" c="dimmed">
                {unpricedWords(one) ?? 'No answer yet'}
              </Text>
            </div>
            <May projectId={projectId} to="manage_people">
              <AssignForm projectId={projectId} annotator={one} tiers={tiers} currency={currency} />
            </May>
          </div>
        ))}
      </Stack>
    </Panel>
  );
}
