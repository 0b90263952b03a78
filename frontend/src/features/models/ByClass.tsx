import { ScrollArea, Table } from '@mantine/core';
import type { CurvePoint, Interval, LabelClassOut } from '@/api/types.gen';
import { ClassName } from '@/components/ClassName';
import { formatEstimate, formatShare } from '@/lib/numbers';

interface ByClassProps {
  metrics: CurvePoint;
  labelClasses: LabelClassOut[];
}

/** How a version does on each class of gold. */
export function ByClass({ metrics, labelClasses }: ByClassProps) {
  const at = metrics.fixed_precision;
  return (
    <ScrollArea type="auto" offsetScrollbars="x">
      <Table maw={900} withRowBorders={false} verticalSpacing={2} horizontalSpacing="xs" fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Class</Table.Th>
            <Table.Th className="number">Recall</Table.Th>
            {at !== null && <Table.Th className="number">Recall at {formatShare(at)} precision</Table.Th>}
            <Table.Th className="number">Average precision</Table.Th>
            {at !== null && <Table.Th className="number">F1</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {metrics.by_class.map((one) => (
            <Table.Tr key={one.name}>
              <Table.Td maw={180}>
                <ClassName of={labelClasses.find(({ name }) => name === one.name) ?? { ...one, color: '' }} />
              </Table.Td>
              <Figure of={one.recall} />
              {at !== null && <Figure of={one.recall_at_precision} />}
              <Figure of={one.average_precision} />
              {at !== null && <Figure of={one.f1} />}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function Figure({ of }: { of: Interval | null }) {
  return <Table.Td className="number">{of ? formatEstimate(of) : 'none in gold'}</Table.Td>;
}
