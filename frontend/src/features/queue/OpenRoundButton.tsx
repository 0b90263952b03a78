import { Button, Tooltip } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { openRoundMutation } from '@/api/@tanstack/react-query.gen';
import type { ProjectOut, RoundOut } from '@/api/types.gen';
import { useProjectAction } from '@/hooks/use-project-action';
import { formatMoney } from '@/lib/money';
import { plural } from '@/lib/numbers';

/** Chooses the next samples now instead of waiting for the autopilot. */
export function OpenRoundButton({ project }: { project: ProjectOut }) {
  const open = useMutation({
    ...openRoundMutation(),
    ...useProjectAction(
      (round: RoundOut) => `Round ${round.number} is being filled with ${plural(round.size, 'sample')}.`,
    ),
  });
  const { currency, expected_price: price, labels_left: affordable } = project.budget;
  const size = Math.min(project.round_size, affordable ?? project.round_size);
  const cost = formatMoney(size * Number(price), currency);
  return (
    <Tooltip label={`Chooses ${plural(size, 'sample')} and reserves about ${cost} for their labels.`}>
      <Button
        variant="default"
        loading={open.isPending}
        onClick={() => open.mutate({ path: { project_id: project.id } })}
      >
        Open a round
      </Button>
    </Tooltip>
  );
}
