import { Group, NumberInput, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { getForecastOptions } from '@/api/@tanstack/react-query.gen';
import type { ForecastOut, Purchase } from '@/api/types.gen';
import { COST_UNIT } from '@/lib/cost';
import { currencyDecimals } from '@/lib/money';
import { costBandText, moneyBandText } from './forecast';

interface PurchaseFieldProps {
  forecast: ForecastOut;
  amount: number | undefined;
  onAmount: (amount: number | undefined) => void;
}

/** What any amount more is expected to buy; without one, that of the next round. */
export function PurchaseField({ forecast, amount, onAmount }: PurchaseFieldProps) {
  const { currency, next_round } = forecast;
  const decimals = currencyDecimals(currency);
  const [asked] = useDebouncedValue(amount, 400);
  const { projectId = 0 } = useParams({ strict: false });
  const bought = useQuery({
    ...getForecastOptions({ path: { project_id: projectId }, query: { amount: asked } }),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
  });
  const purchase = asked === undefined ? next_round?.purchase : bought.data?.purchase;
  return (
    <Group gap="sm" align="flex-end">
      <NumberInput
        label={`The next (${currency})`}
        w={120}
        min={0}
        decimalScale={decimals}
        thousandSeparator=","
        hideControls
        value={amount ?? Number(Number(next_round?.purchase.amount ?? 0).toFixed(decimals))}
        onChange={(typed) => onAmount(Number(typed) > 0 ? Number(typed) : undefined)}
      />
      <Text size="sm" flex="1 1 14rem" pb={4} aria-live="polite">
        {purchase ? (
          <Bought purchase={purchase} currency={currency} />
        ) : (
          'More than the forecast looks ahead.'
        )}
      </Text>
    </Group>
  );
}

function Bought({ purchase: { gain, value_a_year }, currency }: { purchase: Purchase; currency: string }) {
  return (
    <>
      lowers the expected cost by <b>{costBandText(gain, currency)}</b> {COST_UNIT}
      {gain.p10 < 0 && ', below zero being a rise'}
      {value_a_year && `, worth ${moneyBandText(value_a_year, currency)} a year`}.
    </>
  );
}
