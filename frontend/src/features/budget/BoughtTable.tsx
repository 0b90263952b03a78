import { ScrollArea, Stack, Table } from '@mantine/core';
import { ClassName } from '@/components/ClassName';
import { COST_UNIT } from '@/lib/cost';
import { formatMoney, formatMoneyInterval, formatMoneyShort } from '@/lib/money';
import { formatCount } from '@/lib/numbers';
import type { FoundRow, QualityStep } from './bought';

interface BoughtTableProps {
  found: FoundRow[];
  steps: QualityStep[];
  /** The amount of quality that prices are for. */
  unit: number;
  currency: string;
}

/** Every class with what each one found cost, and every step of quality with its price. */
export function BoughtTable({ found, steps, unit, currency }: BoughtTableProps) {
  return (
    <Stack gap="md">
      <ScrollArea type="auto">
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Class</Table.Th>
              <Table.Th className="number">Found</Table.Th>
              <Table.Th className="number">All spending for each</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.map((row) => (
              <Table.Tr key={row.name}>
                <Table.Td>
                  <ClassName of={row} />
                </Table.Td>
                <Table.Td className="number">{formatCount(row.found)}</Table.Td>
                <Table.Td className="number">
                  {row.each === null ? '' : formatMoney(row.each, currency)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      {steps.length > 0 && <Steps steps={steps} unit={unit} currency={currency} />}
    </Stack>
  );
}

function Steps({ steps, unit, currency }: Omit<BoughtTableProps, 'found'>) {
  return (
    <ScrollArea type="auto">
      <Table miw={480}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Champions</Table.Th>
            <Table.Th className="number">Paid</Table.Th>
            <Table.Th className="number">Cost fell by, {COST_UNIT}</Table.Th>
            <Table.Th className="number">Paid for each {formatMoneyShort(unit, currency)} less</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {steps.map((step) => (
            <Table.Tr key={step.to}>
              <Table.Td>
                {step.from} → {step.to}
              </Table.Td>
              <Table.Td className="number">{formatMoney(step.paid, currency)}</Table.Td>
              <Table.Td className="number">{formatMoneyInterval(step.fell, currency)}</Table.Td>
              <Table.Td className="number">
                {step.each ? formatMoneyInterval(step.each, currency) : 'not measurable'}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
