import { ActionIcon, Group, Tooltip } from '@mantine/core';
import { IconChartLine, IconDownload, IconTable } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { downloadCsv } from '@/lib/csv';

interface DataActionsProps {
  /** What is drawn, for those who hear the buttons named. */
  of: string;
  table: boolean;
  onTable: (table: boolean) => void;
  csv: { name: string; text: () => string };
  children?: ReactNode;
}

/** Beside a chart's title: its table and its CSV, one click away. */
export function DataActions({ of, table, onTable, csv, children }: DataActionsProps) {
  const flip = table ? `Show the chart of ${of}` : `Show the table of ${of}`;
  return (
    <Group gap={6} wrap="nowrap">
      {children}
      <Tooltip label={table ? 'Show the chart' : 'Show the table'}>
        <ActionIcon variant="default" aria-label={flip} onClick={() => onTable(!table)}>
          {table ? <IconChartLine size={16} /> : <IconTable size={16} />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Download as CSV">
        <ActionIcon
          variant="default"
          aria-label={`Download ${of} as CSV`}
          onClick={() => downloadCsv(csv.name, csv.text())}
        >
          <IconDownload size={16} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
