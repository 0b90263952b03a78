import { Badge, Button, Group, Modal, Switch, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { changeRuleMutation, deleteRuleMutation } from '@/api/@tanstack/react-query.gen';
import type { RuleOut, RulesOut } from '@/api/types.gen';
import { ConfirmButton } from '@/components/ConfirmButton';
import { Time } from '@/components/Time';
import { useProjectAction } from '@/hooks/use-project-action';
import { plural } from '@/lib/numbers';
import { RuleForm } from './RuleForm';
import classes from './RulesPanel.module.css';
import { asStated } from './rules';

interface RuleItemProps {
  rule: RuleOut;
  found: RulesOut;
  projectId: number;
  mayChange: boolean;
}

export function RuleItem({ rule, found, projectId, mayChange }: RuleItemProps) {
  return (
    <li className={classes.rule} data-enabled={rule.enabled}>
      <div className={classes.what}>
        <Group gap={6}>
          <Text size="sm" fw={600}>
            {rule.title}
          </Text>
          <Badge variant="light" color={rule.run_kind === 'deep' ? 'violet' : 'gray'}>
            {rule.run_kind} run
          </Badge>
          {!rule.enabled && (
            <Badge variant="outline" color="gray">
              off
            </Badge>
          )}
        </Group>
        <Text size="sm">{rule.described}</Text>
        <Text size="xs" c="dimmed">
          {rule.fired_at ? (
            <>
              fired {plural(rule.firings, 'time')}, last <Time at={rule.fired_at} />
            </>
          ) : (
            'has not fired yet'
          )}
        </Text>
      </div>
      <Progress rule={rule} />
      {mayChange && <Controls rule={rule} found={found} projectId={projectId} />}
    </li>
  );
}

function Progress({ rule }: { rule: RuleOut }) {
  return (
    <div>
      <div className={classes.bar} aria-hidden>
        <div style={{ width: `${100 * rule.share}%` }} />
      </div>
      <Text size="sm">
        {rule.words}
        {rule.due && rule.enabled && <b> · due</b>}
      </Text>
    </div>
  );
}

function Controls({ rule, found, projectId }: Omit<RuleItemProps, 'mayChange'>) {
  const [opened, { open, close }] = useDisclosure(false);
  const path = { project_id: projectId, rule_id: rule.id };
  const change = useMutation({ ...changeRuleMutation(), ...useProjectAction() });
  const remove = useMutation({
    ...deleteRuleMutation(),
    ...useProjectAction(() => `No rule starts a ${rule.run_kind} run at “${rule.described}” any more.`),
  });
  return (
    <Group gap={8} wrap="nowrap">
      <Switch
        aria-label={`${rule.described}: on`}
        checked={rule.enabled}
        disabled={change.isPending}
        onChange={(event) =>
          change.mutate({ path, body: { ...asStated(rule), enabled: event.currentTarget.checked } })
        }
      />
      <Button variant="default" onClick={open} aria-label={`Change ${rule.described}`}>
        Change…
      </Button>
      <ConfirmButton
        label="Delete"
        does="Delete the rule"
        aria-label={`Delete ${rule.described}`}
        loading={remove.isPending}
        onConfirm={() => remove.mutate({ path })}
      >
        Nothing starts a run at “{rule.described}” any more. What it has started so far stays in the log.
      </ConfirmButton>
      <Modal opened={opened} onClose={close} title={rule.title} size="lg">
        <RuleForm projectId={projectId} found={found} rule={rule} onDone={close} />
      </Modal>
    </Group>
  );
}
