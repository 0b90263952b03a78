import { Text } from '@mantine/core';
import type { SampleDetailOut } from '@/api/types.gen';
import { Changed } from '@/components/Changed';
import { ClassName } from '@/components/ClassName';
import { Facts } from '@/components/Facts';
import { Hash } from '@/components/Hash';
import { Panel } from '@/components/Panel';
import { Time } from '@/components/Time';
import { formatMoney } from '@/lib/money';
import { plural } from '@/lib/numbers';
import classes from './LabelPanel.module.css';
import { labelReason } from './sample';

/** The label, why it holds, what it cost, and where the sample came from. */
export function LabelPanel({ sample }: { sample: SampleDetailOut }) {
  const { label, cost } = sample;
  return (
    <Panel title="Label">
      <p className={classes.label}>
        <Changed value={label?.label.id ?? null}>
          {label ? <ClassName of={label.label} /> : <span className={classes.none}>none</span>}
        </Changed>
      </p>
      <Text size="sm">{labelReason(sample)}</Text>
      {label?.correction?.comment && (
        <Text size="sm" c="dimmed" fs="italic">
          “{label.correction.comment}”
        </Text>
      )}
      {cost && <Cost sample={sample} {...cost} />}
      <Facts
        facts={[
          ['Label since', label && <Time key="settled" at={label.settled_at} />],
          ['Imported', <Time key="imported" at={sample.imported_at} />],
          ['From', sample.source],
          ['Group', sample.group || null],
          ...Object.entries(sample.metadata).map(([name, value]): [string, string] => [name, String(value)]),
          ['Content', <Hash key="hash" value={sample.content_hash} />],
        ]}
      />
    </Panel>
  );
}

interface CostProps {
  sample: SampleDetailOut;
  currency: string;
  spent: string;
  held: string;
  owed: string;
}

function Cost({ sample, currency, spent, held, owed }: CostProps) {
  const paid = sample.answers.filter((answer) => Number(answer.charged) > 0).length;
  if (sample.asked.length === 0) return <p className={classes.cost}>Nothing spent on it yet.</p>;
  return (
    <p className={classes.cost}>
      <strong>{formatMoney(spent, currency)}</strong> spent on {plural(paid, 'answer')}
      {Number(held) > 0 && <>, {formatMoney(held, currency)} held</>}
      {Number(owed) > 0 && <>, {formatMoney(owed, currency)} owed</>}
    </p>
  );
}
