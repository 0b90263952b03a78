import { Anchor, Badge, Group, Stack, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { CurvePoint, Interval, LabelClassOut, ModelOut } from '@/api/types.gen';
import { Facts } from '@/components/Facts';
import { Hash } from '@/components/Hash';
import { Time } from '@/components/Time';
import { COST_UNIT, perThousand } from '@/lib/cost';
import { formatMoney, formatMoneyEstimate, formatMoneyInterval } from '@/lib/money';
import { formatCount, formatEstimate } from '@/lib/numbers';
import { AugmentationFound } from './AugmentationFound';
import { ByClass } from './ByClass';
import classes from './VersionCard.module.css';
import { WeakStage } from './WeakStage';

/** Up to here, the recalls are shown without asking. */
const FEW_CLASSES = 4;

interface VersionCardProps {
  projectId: number;
  model: ModelOut;
  currency: string;
  labelClasses: LabelClassOut[];
}

/** One model version: what it is, how good it is, and why it serves or not. */
export function VersionCard({ projectId, model, currency, labelClasses }: VersionCardProps) {
  return (
    <article className={classes.card} data-state={model.state} data-testid="model-version">
      <Heading model={model} projectId={projectId} />
      {model.priors?.warning && (
        <Text size="sm" mt="xs" data-testid="priors-warning">
          {model.priors.warning}
        </Text>
      )}
      {model.alarms.map((alarm) => (
        <Text size="sm" mt="xs" c="var(--bad)" key={alarm} data-testid="attention-alarm">
          {alarm}{' '}
          <Link
            to="/projects/$projectId/models/$number/attention"
            params={{ projectId, number: model.number }}
          >
            See its maps
          </Link>
        </Text>
      ))}
      <div className={classes.columns}>
        <Verdict model={model} currency={currency} />
        {model.metrics ? (
          <Metrics metrics={model.metrics} currency={currency} />
        ) : (
          <Text size="sm" c="dimmed">
            Not measured yet.
          </Text>
        )}
        <Making model={model} currency={currency} />
      </div>
      {model.metrics && (
        <details open={labelClasses.length <= FEW_CLASSES} className={classes.byClass}>
          <summary className={classes.summary}>By class</summary>
          <ByClass metrics={model.metrics} labelClasses={labelClasses} />
        </details>
      )}
      <details className={classes.byClass} data-testid="terms">
        <summary className={classes.summary}>Trained and judged under</summary>
        <Facts facts={model.terms.map(({ name, says }) => [name, says])} />
      </details>
      {model.weak_stage && <WeakStage stage={model.weak_stage} currency={currency} />}
      {model.augmentation && <AugmentationFound found={model.augmentation} />}
    </article>
  );
}

function Heading({ model, projectId }: { model: ModelOut; projectId: number }) {
  return (
    <Group justify="space-between" gap="xs">
      <Group gap="xs">
        <Title order={3}>v{model.number}</Title>
        <Badge
          variant={model.state === 'champion' ? 'filled' : 'light'}
          color={model.state === 'champion' ? 'accent' : 'gray'}
        >
          {model.state}
        </Badge>
        <Text size="sm" c="dimmed">
          {model.kind} run, <Time at={model.created_at} />
        </Text>
      </Group>
      <Group gap="md">
        <Link to="/projects/$projectId/models/$number/compare" params={{ projectId, number: model.number }}>
          Look into it
        </Link>
        <Download href={model.bundle_url}>Bundle</Download>
        {model.download_url && <Download href={model.download_url}>ONNX</Download>}
      </Group>
    </Group>
  );
}

function Download({ href, children }: { href: string; children: string }) {
  return (
    <Anchor href={href} size="sm" download>
      <IconDownload size={14} style={{ marginRight: 4, verticalAlign: '-2px' }} aria-hidden />
      {children}
    </Anchor>
  );
}

type VerdictProps = Omit<VersionCardProps, 'labelClasses' | 'projectId'>;

function Verdict({ model, currency }: VerdictProps) {
  const verdict = model.verdict;
  if (!verdict) {
    return (
      <Text size="sm" c="dimmed">
        Nothing to compare with yet.
      </Text>
    );
  }
  const difference = verdict.cost_difference;
  return (
    <Stack gap={6}>
      {difference && (
        <Text size="sm" fw={600}>
          {costDifference(perThousand(difference), currency)} {COST_UNIT}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        As recorded, costs in {currency} a sample:
      </Text>
      {verdict.sentences.map((sentence) => (
        <Text size="sm" key={sentence}>
          {sentence}
        </Text>
      ))}
    </Stack>
  );
}

function costDifference(difference: Interval, currency: string): string {
  if (difference.value === 0) return 'No difference in cost';
  const size = formatMoneyEstimate({ ...difference, value: Math.abs(difference.value) }, currency);
  return `Costs ${size} ${difference.value < 0 ? 'less' : 'more'}`;
}

interface MetricsProps {
  metrics: CurvePoint;
  currency: string;
}

function Metrics({ metrics, currency }: MetricsProps) {
  return (
    <Stack gap={6}>
      <Facts
        facts={[
          [`Expected cost ${COST_UNIT}`, formatMoneyInterval(perThousand(metrics.expected_cost), currency)],
          ['Average precision', metrics.average_precision && formatEstimate(metrics.average_precision)],
          ['Macro-F1', metrics.macro_f1 && formatEstimate(metrics.macro_f1)],
          ['Calibration error', formatEstimate(metrics.calibration_error)],
        ]}
      />
    </Stack>
  );
}

function Making({ model, currency }: { model: ModelOut; currency: string }) {
  return (
    <Facts
      facts={[
        ['Labels', formatCount(model.labels)],
        ['Labels hash', <Hash key="hash" value={model.labels_hash} />],
        ['Spent until then', formatMoney(model.spent, currency)],
        [
          'ONNX against torch',
          model.parity === null ? null : `differs by ${model.parity.toExponential(0)} at most`,
        ],
        ['Backbone', model.backbone],
      ]}
    />
  );
}
