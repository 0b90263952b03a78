import { Button, Group, Modal, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { askAgainMutation } from '@/api/@tanstack/react-query.gen';
import type { AskAgainOut, AskedAgainOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { formatMoney } from '@/lib/money';
import { plural } from '@/lib/numbers';

interface AskAgainProps {
  projectId: number;
  /** None: closed. */
  sampleIds: number[];
  offer: AskAgainOut;
  onClose: () => void;
  onAsked: () => void;
}

/** What it costs to have labels answered again, and what is left then; reserved by one more click. */
export function AskAgain({ projectId, sampleIds, offer, onClose, onAsked }: AskAgainProps) {
  const [tierId, setTierId] = useState(offer.tiers[0]?.id);
  const [answers, setAnswers] = useState(1);
  const place = Math.max(
    offer.tiers.findIndex(({ id }) => id === tierId),
    0,
  );
  const tier = offer.tiers[place];
  const action = useProjectAction(
    (asked: AskedAgainOut) =>
      `${plural(asked.asked, 'label')} asked again in round ${asked.round_number}: ${formatMoney(asked.reserved, offer.currency)} reserved, ${formatMoney(asked.left, offer.currency)} left.`,
  );
  const ask = useMutation({ ...askAgainMutation(), ...action });
  const price = Number(tier?.price ?? 0) * answers * sampleIds.length;
  const left = Number(offer.left[place] ?? 0);
  const tooDear = price > left;
  return (
    <Modal
      opened={sampleIds.length > 0}
      onClose={onClose}
      title={`Have ${plural(sampleIds.length, 'label')} answered again?`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {tier ? (
        <Stack gap="sm">
          <Group grow align="start">
            <Select
              label="Whom to ask"
              data={offer.tiers.map(({ id, kind }) => ({ value: String(id), label: kind }))}
              value={String(tier.id)}
              allowDeselect={false}
              onChange={(chosen) => setTierId(Number(chosen))}
            />
            <NumberInput
              label="Answers to each"
              min={1}
              max={tier.people}
              value={answers}
              onChange={(chosen) => setAnswers(Math.min(Math.max(Number(chosen) || 1, 1), tier.people))}
            />
          </Group>
          <Text size="sm" data-testid="price" c={tooDear ? 'var(--bad)' : undefined}>
            {plural(answers * sampleIds.length, 'answer')} at {formatMoney(tier.price, offer.currency)}:{' '}
            {formatMoney(price, offer.currency)} will be reserved; {formatMoney(left, offer.currency)} is left
            now
            {tooDear
              ? ', which is not enough. Choose fewer labels, or raise the budget.'
              : `, ${formatMoney(left - price, offer.currency)} after that.`}
          </Text>
          <Text size="xs" c="dimmed">
            They join the open round, or are a round of their own. Nobody is shown a prediction with them.
            What is not answered in time is released.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Leave them
            </Button>
            <Button
              disabled={tooDear}
              loading={ask.isPending}
              onClick={() =>
                ask.mutate(
                  {
                    path: { project_id: projectId },
                    body: { samples: sampleIds, tier_id: tier.id, answers },
                  },
                  {
                    onSuccess: () => {
                      onAsked();
                      onClose();
                    },
                  },
                )
              }
            >
              Reserve {formatMoney(price, offer.currency)} and ask
            </Button>
          </Group>
        </Stack>
      ) : (
        <Text size="sm">Nobody can be asked: give the expert tier a rate on the People page first.</Text>
      )}
    </Modal>
  );
}
