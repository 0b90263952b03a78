import { ActionIcon, Group, Progress, Stack, Text, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { listVariantsOptions } from '@/api/@tanstack/react-query.gen';
import type { VariantOut, VariantsOut } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { ErrorNotice } from '@/components/ErrorNotice';
import { LiveDot } from '@/components/LiveDot';
import { May } from '@/components/May';
import { Panel } from '@/components/Panel';
import { Skeletons } from '@/components/Skeletons';
import { useFresh } from '@/hooks/use-fresh';
import { downloadCsv } from '@/lib/csv';
import { formatCount } from '@/lib/numbers';
import { MakeVariants } from './MakeVariants';
import { VariantTable } from './VariantTable';
import { headline, variantsCsv } from './variants';

interface VariantsPanelProps {
  projectId: number;
  /** The version in question. */
  number: number;
  currency: string;
}

/** The forms that a version can be served in, each with its size, its speed, what it costs and whether it may serve. */
export function VariantsPanel({ projectId, number, currency }: VariantsPanelProps) {
  const found = useQuery({
    ...listVariantsOptions({ path: { project_id: projectId, number } }),
    ...useFresh(projectId),
  });
  if (found.isError && !found.data)
    return <ErrorNotice error={found.error} onRetry={() => found.refetch()} />;
  if (!found.data) return <Skeletons heights={[180]} />;
  const { making, error, variants } = found.data;
  return (
    <Panel
      title={headline(found.data)}
      actions={
        <Group gap={6}>
          <May projectId={projectId} to="run_loop">
            <MakeVariants
              projectId={projectId}
              number={number}
              currency={currency}
              making={making}
              again={variants.length > 0}
            />
          </May>
          {variants.length > 0 && <CsvButton name={`v${number}-forms.csv`} variants={variants} />}
        </Group>
      }
    >
      <Stack gap="xs">
        {making && <Making found={found.data} />}
        {error && (
          <Text size="sm" c="var(--bad)">
            The last attempt failed: {error}
          </Text>
        )}
        <Found found={found.data} currency={currency} />
      </Stack>
    </Panel>
  );
}

function Making({ found: { done, total, unit } }: { found: VariantsOut }) {
  return (
    <Stack gap={4} maw={420}>
      <Text size="sm">
        <LiveDot label="Making" /> Making and measuring; about two minutes, seven with a distilled form.
      </Text>
      {total > 0 && (
        <>
          <Text size="xs" c="dimmed">
            {formatCount(done)} of {formatCount(total)} {unit}
          </Text>
          <Progress value={(100 * done) / total} aria-label="How far the forms are made" />
        </>
      )}
    </Stack>
  );
}

function Found({ found, currency }: { found: VariantsOut; currency: string }) {
  if (found.variants.length > 0) return <VariantTable variants={found.variants} currency={currency} />;
  if (found.making) return null;
  return (
    <EmptyState title="Not tried yet">
      Half precision, 8-bit integers, a small backbone that the model teaches, and a cascade that asks the
      full model only about what the small one doubts. Each is measured on this machine and judged on gold
      beside v{found.model_number}; what is not as good is refused.
    </EmptyState>
  );
}

function CsvButton({ name, variants }: { name: string; variants: VariantOut[] }) {
  return (
    <Tooltip label="Download as CSV">
      <ActionIcon
        variant="default"
        aria-label="Download the forms as CSV"
        onClick={() => downloadCsv(name, variantsCsv(variants))}
      >
        <IconDownload size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
