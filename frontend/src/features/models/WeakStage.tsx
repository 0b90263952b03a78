import { Text } from '@mantine/core';
import type { WeakStageOut } from '@/api/types.gen';
import { Facts } from '@/components/Facts';
import { COST_UNIT, perThousand } from '@/lib/cost';
import { formatMoneyInterval } from '@/lib/money';
import { weakFinding, weakGround, weakMoney } from './weak-stage';

/** The same head with and without its weak stage, on gold, and the expert money between the two. */
export function WeakStage({ stage, currency }: { stage: WeakStageOut; currency: string }) {
  return (
    <section data-testid="weak-stage">
      <Text size="sm" fw={600} mt="sm">
        {weakFinding(stage, currency)}
      </Text>
      <Text size="sm" c="dimmed">
        {weakGround(stage)} {weakMoney(stage, currency)}
      </Text>
      {stage.trust > 0 && (
        <Facts
          facts={[
            [
              `Without, expected cost ${COST_UNIT}`,
              formatMoneyInterval(perThousand(stage.without), currency),
            ],
            ['With', formatMoneyInterval(perThousand(stage.staged), currency)],
          ]}
        />
      )}
    </section>
  );
}
