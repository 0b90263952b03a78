import { Button, Group, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { listRulesOptions } from '@/api/@tanstack/react-query.gen';
import type { RulesOut } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useFresh } from '@/hooks/use-fresh';
import { useMay } from '@/hooks/use-may';
import { DryRun } from './DryRun';
import { RuleForm } from './RuleForm';
import { RuleItem } from './RuleItem';
import classes from './RulesPanel.module.css';
import { asStated, costWords } from './rules';

/** Which rules start training by themselves, and how far each is from doing so. */
export function RulesPanel({ projectId }: { projectId: number }) {
  const mayChange = useMay(projectId, 'change_settings');
  const rules = useQuery({
    ...listRulesOptions({ path: { project_id: projectId } }),
    ...useFresh(projectId),
  });
  if (rules.isError && !rules.data)
    return <ErrorNotice error={rules.error} onRetry={() => rules.refetch()} />;
  if (!rules.data) return <Skeletons heights={[160]} />;
  const found = rules.data;
  return (
    <Panel
      title="When does training start by itself?"
      actions={
        <Group gap={6}>
          {found.rules.length > 0 && <Replay projectId={projectId} found={found} />}
          {mayChange && found.rules.length > 0 && <AddRule projectId={projectId} found={found} />}
        </Group>
      }
    >
      {found.rules.length === 0 ? (
        <EmptyState
          title="No rule starts training"
          action={mayChange && <AddRule projectId={projectId} found={found} />}
        >
          Models train only when somebody presses “Train now”. A rule trains when enough is new: labels,
          money, time, a drifted import.
        </EmptyState>
      ) : (
        <>
          <ul className={classes.rules} aria-label="Rules">
            {found.rules.map((rule) => (
              <RuleItem key={rule.id} rule={rule} found={found} projectId={projectId} mayChange={mayChange} />
            ))}
          </ul>
          <Costs found={found} />
        </>
      )}
    </Panel>
  );
}

function Costs({ found }: { found: RulesOut }) {
  const costs = found.expected.map(
    ({ run_kind, seconds, price }) => `${run_kind} ${costWords(seconds, price, found.currency)}`,
  );
  return (
    <Text size="xs" c="dimmed" mt="xs">
      Any rule that is on is enough. What a run takes: {costs.join(', ')}; nothing of the label budget.{' '}
      {found.training
        ? 'A run is under way, so no rule fires now.'
        : 'While a run is under way, no rule fires.'}
    </Text>
  );
}

function AddRule({ projectId, found }: { projectId: number; found: RulesOut }) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" onClick={open}>
        Add a rule…
      </Button>
      <Modal opened={opened} onClose={close} title="A rule that starts training" size="lg">
        <RuleForm projectId={projectId} found={found} rule={null} onDone={close} />
      </Modal>
    </>
  );
}

function Replay({ projectId, found }: { projectId: number; found: RulesOut }) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button variant="default" onClick={open}>
        Dry run…
      </Button>
      <Modal opened={opened} onClose={close} title="These rules, from the project’s first day on" size="lg">
        <DryRun projectId={projectId} rules={found.rules.map(asStated)} />
      </Modal>
    </>
  );
}
