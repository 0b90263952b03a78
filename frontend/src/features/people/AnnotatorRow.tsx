import { Button, Group, Popover, Table, Text, Tooltip } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { changeAnnotatorMutation } from '@/api/@tanstack/react-query.gen';
import type { AnnotatorOut, TierOut } from '@/api/types.gen';
import { Changed } from '@/components/Changed';
import { Time } from '@/components/Time';
import { useProjectAction } from '@/hooks/use-project-action';
import { formatCount, formatNumber } from '@/lib/numbers';
import { AssignForm } from './AssignForm';
import { rateWords, unpricedWords } from './words';

interface AnnotatorRowProps {
  projectId: number;
  annotator: AnnotatorOut;
  tiers: TierOut[];
  currency: string;
  manages: boolean;
}

export function AnnotatorRow({ projectId, annotator, tiers, currency, manages }: AnnotatorRowProps) {
  return (
    <Table.Tr data-testid="annotator" data-paused={annotator.state === 'paused'}>
      <Table.Td>
        {annotator.name}
        <Text size="xs" c="dimmed">
          {detailOf(annotator)}
        </Text>
      </Table.Td>
      <Table.Td>{annotator.tier}</Table.Td>
      <Table.Td>
        <Changed value={annotator.state}>{annotator.state}</Changed>
      </Table.Td>
      <Table.Td className="number">
        <Tooltip label={annotator.own_rate ? 'Their own rate' : 'The rate of their tier'}>
          <Link to="/projects/$projectId/money" params={{ projectId }} style={{ color: 'var(--accent)' }}>
            {rateWords(annotator.rate, currency)}
          </Link>
        </Tooltip>
        {annotator.own_rate && (
          <Text size="xs" c="dimmed">
            own rate
          </Text>
        )}
      </Table.Td>
      <Table.Td className="number">
        <Changed value={annotator.answers}>{formatCount(annotator.answers)}</Changed>
      </Table.Td>
      <Table.Td className="number">{formatCount(annotator.answers_this_month)}</Table.Td>
      <Table.Td className="number">{formatNumber(annotator.minutes_this_month, 1)}</Table.Td>
      <Table.Td>{annotator.last_answer_at ? <Time at={annotator.last_answer_at} /> : 'never'}</Table.Td>
      {manages && (
        <Table.Td className="number">
          <Group gap={6} justify="flex-end" wrap="nowrap">
            <TierButton projectId={projectId} annotator={annotator} tiers={tiers} currency={currency} />
            <PauseButton projectId={projectId} annotator={annotator} />
          </Group>
        </Table.Td>
      )}
    </Table.Tr>
  );
}

/** The address, unless it stands for the name, and what keeps an answer from being asked or charged. */
function detailOf(annotator: AnnotatorOut): string {
  return [
    annotator.name === annotator.email ? null : annotator.email,
    annotator.in_label_studio ? null : 'not in Label Studio yet',
    unpricedWords(annotator),
  ]
    .filter(Boolean)
    .join(', ');
}

function TierButton({ projectId, annotator, tiers, currency }: Omit<AnnotatorRowProps, 'manages'>) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} width={340} withArrow trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          aria-label={`Change the tier of ${annotator.name}`}
          onClick={() => setOpened(!opened)}
        >
          Tier…
        </Button>
      </Popover.Target>
      <Popover.Dropdown ta="left">
        <Text size="sm" mb="xs" style={{ whiteSpace: 'normal' }}>
          What {annotator.name} was charged for keeps its price.
        </Text>
        <AssignForm
          projectId={projectId}
          annotator={annotator}
          tiers={tiers}
          currency={currency}
          onDone={() => setOpened(false)}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

function PauseButton({ projectId, annotator }: Pick<AnnotatorRowProps, 'projectId' | 'annotator'>) {
  const paused = annotator.state === 'paused';
  const change = useMutation({
    ...changeAnnotatorMutation(),
    ...useProjectAction((one: AnnotatorOut) =>
      one.state === 'paused'
        ? `${one.name} is paused: nothing new is asked of them; what they answer all the same is kept and paid.`
        : `${one.name} is asked again.`,
    ),
  });
  return (
    <Button
      variant="default"
      aria-label={`${paused ? 'Resume' : 'Pause'} ${annotator.name}`}
      loading={change.isPending}
      onClick={() =>
        change.mutate({
          path: { project_id: projectId, annotator_id: annotator.id },
          body: { state: paused ? 'active' : 'paused' },
        })
      }
    >
      {paused ? 'Resume' : 'Pause'}
    </Button>
  );
}
