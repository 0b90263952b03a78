import { Table, Text } from '@mantine/core';
import type { WeakStageOut } from '@/api/types.gen';
import { Facts } from '@/components/Facts';
import { COST_UNIT, perThousand } from '@/lib/cost';
import { formatMoneyInterval } from '@/lib/money';
import { formatNumber } from '@/lib/numbers';
import { heldOutOf, weakFinding, weakGround, weakMoney } from './weak-stage';

interface StageProps {
  stage: WeakStageOut;
  currency: string;
}

/** The same model with and without its cheap labels, on gold, and the expert money between the two. */
export function WeakStage({ stage, currency }: StageProps) {
  return (
    <section data-testid="weak-stage">
      <Text size="sm" fw={600} mt="sm">
        {weakFinding(stage, currency)}
      </Text>
      <Text size="sm" c="dimmed">
        {weakGround(stage)} {weakMoney(stage, currency)}
      </Text>
      {stage.courses.length > 0 ? (
        <Courses stage={stage} currency={currency} />
      ) : (
        stage.trust > 0 && <WithAndWithout stage={stage} currency={currency} />
      )}
    </section>
  );
}

function WithAndWithout({ stage, currency }: StageProps) {
  return (
    <Facts
      facts={[
        [`Without, expected cost ${COST_UNIT}`, formatMoneyInterval(perThousand(stage.without), currency)],
        ['With', formatMoneyInterval(perThousand(stage.staged), currency)],
      ]}
    />
  );
}

/** What a deep run tried, and which of it was kept. */
function Courses({ stage, currency }: StageProps) {
  return (
    <>
      <Text size="sm" c="dimmed">
        {heldOutOf(stage)}
      </Text>
      <Table.ScrollContainer minWidth={340}>
        <Table fz="sm" verticalSpacing={2}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Learned from</Table.Th>
              <Table.Th className="number">Held-out loss, nats</Table.Th>
              <Table.Th className="number">Expected cost {COST_UNIT}, on gold</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {stage.courses.map((course) => (
              <Table.Tr key={course.name}>
                <Table.Td fw={course.kept ? 600 : undefined}>
                  {course.name}
                  {course.kept && ' (kept)'}
                </Table.Td>
                <Table.Td className="number">{formatNumber(course.held_out_loss, 3)}</Table.Td>
                <Table.Td className="number">
                  {course.expected_cost
                    ? formatMoneyInterval(perThousand(course.expected_cost), currency)
                    : '–'}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}
