import { Badge, ScrollArea, Table } from '@mantine/core';
import type { CurveOut } from '@/api/types.gen';
import { COST_UNIT, perThousand } from '@/lib/cost';
import { formatMoney, formatMoneyInterval } from '@/lib/money';
import { formatCount, formatEstimate } from '@/lib/numbers';

interface CurveTableProps {
  curve: CurveOut;
  currency: string;
  height: number;
}

/** The figures behind the chart. */
export function CurveTable({ curve, currency, height }: CurveTableProps) {
  const merged = curve.points.some((point) => point.evaluation_merges.length > 0);
  return (
    <ScrollArea h={height}>
      <Table stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Version</Table.Th>
            <Table.Th className="number">Spent</Table.Th>
            <Table.Th className="number">Labels</Table.Th>
            <Table.Th className="number">Expected cost {COST_UNIT}</Table.Th>
            <Table.Th className="number">Average precision</Table.Th>
            <Table.Th className="number">Macro-F1</Table.Th>
            <Table.Th>Verdict</Table.Th>
            {merged && <Table.Th>Judged as one</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {curve.points.map((point) => (
            <Table.Tr key={point.model_number}>
              <Table.Td>
                v{point.model_number} {point.kind}
              </Table.Td>
              <Table.Td className="number">{formatMoney(point.spent, currency)}</Table.Td>
              <Table.Td className="number">{formatCount(point.labels)}</Table.Td>
              <Table.Td className="number">
                {formatMoneyInterval(perThousand(point.expected_cost), currency)}
              </Table.Td>
              <Table.Td className="number">
                {point.average_precision ? formatEstimate(point.average_precision) : 'not measurable'}
              </Table.Td>
              <Table.Td className="number">
                {point.macro_f1 ? formatEstimate(point.macro_f1) : 'not measured'}
              </Table.Td>
              <Table.Td>
                <Badge variant="light" color={point.promoted ? 'accent' : 'gray'}>
                  {point.promoted ? 'promoted' : 'rejected'}
                </Badge>
              </Table.Td>
              {merged && <Table.Td>{point.evaluation_merges.join(', ') || 'none'}</Table.Td>}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}
