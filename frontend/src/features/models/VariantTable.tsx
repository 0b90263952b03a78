import { Anchor, Badge, Group, ScrollArea, Table, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { VariantOut } from '@/api/types.gen';
import { COST_UNIT, perThousand } from '@/lib/cost';
import { formatMoneyInterval } from '@/lib/money';
import { formatCount, formatShare } from '@/lib/numbers';
import classes from './VariantTable.module.css';
import { FORM_NAMES, formatMilliseconds, formatSize } from './variants';

interface VariantTableProps {
  variants: VariantOut[];
  currency: string;
}

/** A row a form; why it passed or not stands below its verdict. */
export function VariantTable({ variants, currency }: VariantTableProps) {
  return (
    <ScrollArea type="auto">
      <Table miw={860} verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Form</Table.Th>
            <Table.Th className="number">Size</Table.Th>
            <Table.Th className="number">ms a picture</Table.Th>
            <Table.Th className="number">Pictures a second</Table.Th>
            <Table.Th className="number">Expected cost {COST_UNIT}</Table.Th>
            <Table.Th className="number">Decides as full</Table.Th>
            <Table.Th>Verdict</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {variants.map((one) => (
            <Row key={one.kind} variant={one} currency={currency} />
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function Row({ variant, currency }: { variant: VariantOut; currency: string }) {
  const { expected_cost: cost, agreement } = variant;
  return (
    <Table.Tr data-testid="variant" data-kind={variant.kind} className={classes.row}>
      <Table.Td className={classes.form}>
        <Group justify="space-between" gap="xs" wrap="nowrap">
          {FORM_NAMES[variant.kind]}
          {variant.bundle_url && (
            <Anchor
              href={variant.bundle_url}
              size="sm"
              download
              aria-label={`Bundle of ${FORM_NAMES[variant.kind]}`}
            >
              <IconDownload size={14} className={classes.icon} aria-hidden />
              Bundle
            </Anchor>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {variant.recipe}
        </Text>
      </Table.Td>
      <Table.Td className="number">{formatSize(variant.size_bytes)}</Table.Td>
      <Table.Td className="number">{formatMilliseconds(variant.latency_ms)}</Table.Td>
      <Table.Td className="number">
        {variant.per_second === null ? '' : formatCount(variant.per_second)}
      </Table.Td>
      <Table.Td className="number">{cost && formatMoneyInterval(perThousand(cost), currency)}</Table.Td>
      <Table.Td className="number">
        {agreement === null || variant.kind === 'full' ? '' : formatShare(agreement)}
      </Table.Td>
      <Table.Td className={classes.verdict}>
        <Verdict variant={variant} />
      </Table.Td>
    </Table.Tr>
  );
}

function Verdict({ variant }: { variant: VariantOut }) {
  if (variant.kind === 'full') return <Text size="sm">what the others are held against</Text>;
  return (
    <>
      <Badge variant="light" color={variant.passed ? 'accent' : 'gray'}>
        {variant.passed ? 'passed' : 'refused'}
      </Badge>
      <details open={!variant.passed}>
        <summary className={classes.summary}>Why</summary>
        {variant.sentences.slice(0, -1).map((sentence) => (
          <Text size="xs" key={sentence}>
            {sentence}
          </Text>
        ))}
      </details>
    </>
  );
}
