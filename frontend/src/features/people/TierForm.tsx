import { ActionIcon, Button, NumberInput, Popover, Select, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPencil } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { setTierMutation } from '@/api/@tanstack/react-query.gen';
import type { TierOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { messageOf } from '@/lib/errors';
import type { TierKind } from './words';

interface TierFormProps {
  projectId: number;
  kinds: TierKind[];
  /** The tier to change; without one, a new one is made. */
  tier?: TierOut;
}

/** What is expected of a tier before any answer of it could be checked. */
export function TierForm({ projectId, kinds, tier }: TierFormProps) {
  const [opened, setOpened] = useState(false);
  const form = useForm<{ kind: TierKind | null; percent: number | string }>({
    initialValues: { kind: tier?.kind ?? kinds[0] ?? null, percent: (tier?.claimed_accuracy ?? 0.8) * 100 },
    validate: {
      kind: (kind) => (kind ? null : 'Choose which.'),
      percent: (percent) =>
        Number(percent) > 0 && Number(percent) < 100 ? null : 'Between 0 and 100, both excluded.',
    },
  });
  const { onSuccess } = useProjectAction((made: TierOut) =>
    made.rate ? `The ${made.kind} tier is changed.` : `The ${made.kind} tier is there; it needs a rate, too.`,
  );
  const set = useMutation({
    ...setTierMutation(),
    onSuccess: (made) => {
      setOpened(false);
      return onSuccess(made);
    },
    onError: (error) => form.setFieldError('percent', messageOf(error)),
  });
  const submit = form.onSubmit(({ kind, percent }) => {
    if (kind) {
      set.mutate({
        path: { project_id: projectId, kind },
        body: { claimed_accuracy: Number(percent) / 100 },
      });
    }
  });
  return (
    <Popover opened={opened} onChange={setOpened} width={250} withArrow trapFocus returnFocus>
      <Popover.Target>
        {tier ? (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={`Change the claimed accuracy of the ${tier.kind} tier`}
            onClick={() => setOpened(!opened)}
          >
            <IconPencil size={14} />
          </ActionIcon>
        ) : (
          <Button variant="default" onClick={() => setOpened(!opened)}>
            Add a tier…
          </Button>
        )}
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit} noValidate>
          <Stack gap="xs">
            {!tier && <Select label="Tier" data={kinds} {...form.getInputProps('kind')} />}
            <NumberInput
              label="Claimed accuracy (%)"
              min={0}
              max={100}
              decimalScale={2}
              hideControls
              {...form.getInputProps('percent')}
            />
            <Button type="submit" loading={set.isPending}>
              {tier ? 'Change' : 'Add the tier'}
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
