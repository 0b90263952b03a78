import { Table, Text } from '@mantine/core';
import type { AugmentationFoundOut } from '@/api/types.gen';
import { formatEstimate, formatNumber, formatShare } from '@/lib/numbers';
import { augmentationFinding, heldOut } from './augmentation-found';

/** Which changed pictures a deep run learned from, and what else it tried. */
export function AugmentationFound({ found }: { found: AugmentationFoundOut }) {
  return (
    <section data-testid="augmentation-found">
      <Text size="sm" fw={600} mt="sm">
        {augmentationFinding(found)}
      </Text>
      <Text size="sm" c="dimmed">
        {found.reason || heldOut(found)}
      </Text>
      {found.tried.length > 1 && (
        <Table.ScrollContainer minWidth={340}>
          <Table fz="sm" verticalSpacing={2}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Changed pictures</Table.Th>
                <Table.Th className="number">Held-out loss, nats</Table.Th>
                <Table.Th className="number">Against none</Table.Th>
                <Table.Th className="number">Better</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.tried.map((one) => (
                <Table.Tr key={one.name}>
                  <Table.Td fw={one.name === found.kept ? 600 : undefined}>{one.name}</Table.Td>
                  <Table.Td className="number">{formatNumber(one.held_out_loss, 3)}</Table.Td>
                  <Table.Td className="number">
                    {one.difference ? formatEstimate(one.difference) : '–'}
                  </Table.Td>
                  <Table.Td className="number">
                    {one.probability_better == null ? '–' : formatShare(one.probability_better)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}
