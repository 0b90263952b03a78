import { Stack, Text } from '@mantine/core';
import type { ForecastOut } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { Facts } from '@/components/Facts';
import { Panel } from '@/components/Panel';
import { COST_UNIT } from '@/lib/cost';
import { formatMoneyRounded } from '@/lib/money';
import { plural } from '@/lib/numbers';
import { moneyBandText, savingsFinding } from './forecast';

/** What learning actively saved against labels drawn by chance; its doubt is part of the answer. */
export function SavedPanel({ forecast }: { forecast: ForecastOut }) {
  const { savings, savings_reason, currency, control } = forecast;
  if (!savings) {
    return (
      <Panel title="What has learning actively saved?">
        <EmptyState title="This cannot be said yet">{savings_reason}</EmptyState>
      </Panel>
    );
  }
  return (
    <Panel title={savingsFinding(savings, currency)}>
      <Stack gap="xs">
        <Facts
          facts={[
            [
              'The champion costs',
              `${formatMoneyRounded(savings.expected_cost * 1000, currency)} ${COST_UNIT}`,
            ],
            ['It was reached with', formatMoneyRounded(Number(savings.spent), currency)],
            ['Labels drawn by chance would need', moneyBandText(savings.needed, currency)],
            ['Saved', moneyBandText(savings.saved, currency)],
          ]}
        />
        <Text size="xs" c="dimmed">
          Chance is measured by the random control of each round, {plural(control.points.length, 'version')}{' '}
          so far, each trained on those labels alone. In brackets P10 to P90: the fewer control labels, the
          wider.
        </Text>
      </Stack>
    </Panel>
  );
}
