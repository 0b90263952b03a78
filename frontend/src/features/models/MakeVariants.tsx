import { Button, Checkbox, Group, Modal, NumberInput, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { makeVariantsMutation } from '@/api/@tanstack/react-query.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { type Amount, amountError } from '@/lib/amounts';

interface MakeVariantsProps {
  projectId: number;
  number: number;
  currency: string;
  making: boolean;
  /** There are some already; new ones take their place. */
  again: boolean;
}

export function MakeVariants({ projectId, number, currency, making, again }: MakeVariantsProps) {
  const [asking, setAsking] = useState(false);
  const [price, setPrice] = useState<Amount>(0);
  const [distil, setDistil] = useState(true);
  const make = useMutation({
    ...makeVariantsMutation(),
    ...useProjectAction(() => `Smaller forms of v${number} are being made.`),
    onSettled: () => setAsking(false),
  });
  const wrong = amountError(price, currency);
  const start = () =>
    make.mutate({ path: { project_id: projectId, number }, body: { hour_price: String(price), distil } });
  return (
    <>
      <Button variant="default" disabled={making} onClick={() => setAsking(true)}>
        {again ? 'Make again…' : 'Make smaller forms…'}
      </Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title={`Make smaller forms of v${number}?`}>
        <Stack gap="sm">
          <Text size="sm">
            A worker rounds the model to 16-bit floats and to 8-bit integers, on pictures of the pool, and
            finds the cascade of two that costs least on gold. It spends no money of the budget.
          </Text>
          <Checkbox
            label="Distil it into a small backbone, too"
            description="A small backbone on smaller pictures learns from what the model says of the pool; up to five minutes more."
            checked={distil}
            onChange={(event) => setDistil(event.currentTarget.checked)}
          />
          <NumberInput
            label={`What an hour of computing is worth (${currency})`}
            description="A cascade weighs the full model’s time by it; 0 if only mistakes count."
            min={0}
            decimalScale={4}
            thousandSeparator=","
            hideControls
            value={price}
            onChange={setPrice}
            error={wrong}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => setAsking(false)}>
              Not now
            </Button>
            <Button loading={make.isPending} disabled={wrong !== null} onClick={start}>
              Make them
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
