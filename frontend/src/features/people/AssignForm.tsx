import { Button, Group, Select, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { changeAnnotatorMutation, previewAssigningOptions } from '@/api/@tanstack/react-query.gen';
import type { AnnotatorOut, TierOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { messageOf } from '@/lib/errors';
import { assigningWords, rateWords } from './words';

interface AssignFormProps {
  projectId: number;
  annotator: AnnotatorOut;
  tiers: TierOut[];
  currency: string;
  onDone?: () => void;
}

/** Puts somebody in a tier, after naming what that charges. */
export function AssignForm({ projectId, annotator, tiers, currency, onDone }: AssignFormProps) {
  const [chosen, setChosen] = useState<string | null>(
    annotator.tier_id === null ? null : String(annotator.tier_id),
  );
  const tierId = chosen === null ? null : Number(chosen);
  const change = tierId !== null && tierId !== annotator.tier_id;
  const action = useProjectAction((one: AnnotatorOut) => `${one.name} is in the ${one.tier} tier now.`);
  const assign = useMutation({ ...changeAnnotatorMutation(), ...action, onSettled: onDone });
  const path = { project_id: projectId, annotator_id: annotator.id };
  return (
    <div>
      <Group gap="xs" align="flex-end">
        <Select
          aria-label={`Tier of ${annotator.name}`}
          placeholder="Choose a tier"
          size="xs"
          w={230}
          data={tiers.map((tier) => ({
            value: String(tier.id),
            label: `${tier.kind}, ${rateWords(tier.rate, currency)}`,
          }))}
          value={chosen}
          onChange={setChosen}
        />
        <Button
          disabled={!change}
          loading={assign.isPending}
          onClick={() => assign.mutate({ path, body: { tier_id: tierId } })}
        >
          Assign
        </Button>
      </Group>
      {change && (
        <AssigningPrice path={path} tier={tiers.find((one) => one.id === tierId)} currency={currency} />
      )}
    </div>
  );
}

interface AssigningPriceProps {
  path: { project_id: number; annotator_id: number };
  tier: TierOut | undefined;
  currency: string;
}

function AssigningPrice({ path, tier, currency }: AssigningPriceProps) {
  const price = useQuery({
    ...previewAssigningOptions({ path, query: { tier_id: tier?.id ?? 0 } }),
    enabled: tier !== undefined,
  });
  return (
    <Text size="xs" mt={4} mih="1.4em" role="status" c={price.isError ? 'var(--bad)' : undefined}>
      {price.isError && messageOf(price.error)}
      {price.data && tier?.rate && assigningWords(price.data.answers, price.data.amount, currency)}
      {price.data && !tier?.rate && 'This tier has no rate: its answers are charged once it has one.'}
    </Text>
  );
}
