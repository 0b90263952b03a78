import { Badge, ScrollArea, Table } from '@mantine/core';
import type { RateCardOut } from '@/api/types.gen';
import { Time } from '@/components/Time';
import { formatMoney } from '@/lib/money';
import { formatDuration } from '@/lib/time';
import { ofWhom, rateState } from './rates';

interface RateTableProps {
  cards: RateCardOut[];
  currency: string;
  now: number;
}

const MARKS = {
  current: { variant: 'light', color: 'accent' },
  coming: { variant: 'outline', color: 'accent' },
  past: { variant: 'light', color: 'gray' },
};

/** Every rate there was, is and will be; none is ever edited. */
export function RateTable({ cards, currency, now }: RateTableProps) {
  return (
    <ScrollArea type="auto" mah={360}>
      <Table miw={720}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Of</Table.Th>
            <Table.Th className="number">Rate</Table.Th>
            <Table.Th className="number">Expected time</Table.Th>
            <Table.Th className="number">Paid at most</Table.Th>
            <Table.Th className="number">A label</Table.Th>
            <Table.Th>From</Table.Th>
            <Table.Th>By</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {cards.map((card) => (
            <RateRow key={card.id} card={card} currency={currency} now={now} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function RateRow({ card, currency, now }: { card: RateCardOut; currency: string; now: number }) {
  const hourly = card.kind === 'hourly';
  const state = rateState(card, now);
  return (
    <Table.Tr c={state === 'past' ? 'dimmed' : undefined}>
      <Table.Td>{ofWhom(card)}</Table.Td>
      <Table.Td className="number">
        {formatMoney(card.amount, currency)} {hourly ? 'an hour' : 'a label'}
      </Table.Td>
      <Table.Td className="number">{hourly ? formatDuration(card.expected_seconds) : ''}</Table.Td>
      <Table.Td className="number">{hourly ? formatDuration(card.cap_seconds) : ''}</Table.Td>
      <Table.Td className="number">{formatMoney(card.expected_price, currency)}</Table.Td>
      <Table.Td>
        <Time at={card.effective_from} />
      </Table.Td>
      <Table.Td>{card.created_by ?? 'Heedful'}</Table.Td>
      <Table.Td>
        <Badge {...MARKS[state]}>{state}</Badge>
      </Table.Td>
    </Table.Tr>
  );
}
