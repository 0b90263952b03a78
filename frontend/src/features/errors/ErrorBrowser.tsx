import { Group, SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core';
import type { CSSProperties } from 'react';
import type { LabelClassOut } from '@/api/types.gen';
import { EmptyState } from '@/components/EmptyState';
import { HeatSlider } from '@/components/HeatSlider';
import { shownOpacity, useHeat } from '@/hooks/use-heat';
import { formatCount, plural } from '@/lib/numbers';
import { Calibration } from './Calibration';
import { Clusters } from './Clusters';
import { Confusion } from './Confusion';
import { MistakeDrawer } from './MistakeDrawer';
import { MistakeGallery } from './MistakeGallery';
import { type ErrorReport, isMerged, matrixOf, samplesOf } from './report';
import { Slices } from './Slices';
import { Suspects } from './Suspects';
import { cellOf, type ErrorSearch } from './search';
import { WorstSlices } from './WorstSlices';

interface ErrorBrowserProps {
  projectId: number;
  number: number;
  report: ErrorReport;
  classes: Pick<LabelClassOut, 'name' | 'color'>[];
  search: ErrorSearch;
  onSearch: (changes: Partial<ErrorSearch>) => void;
}

/** A version's mistakes, from the whole matrix down to one sample. */
export function ErrorBrowser({ projectId, number, report, classes, search, onSearch }: ErrorBrowserProps) {
  const { heat } = useHeat();
  const of = search.of === 'since' ? 'since' : 'gold';
  const set = report.sets[of];
  const merged = search.merged === 'yes' && isMerged(report);
  const matrix = set && matrixOf(report, set, merged);
  const cell = matrix && cellOf(search.cell, matrix.names.length);
  const cluster = search.cluster === undefined ? undefined : search.cluster - 1;
  const shown = set && matrix ? samplesOf(set, matrix, cell, cluster) : [];
  return (
    <Stack gap="sm" style={{ '--heat-opacity': shownOpacity(heat) } as CSSProperties}>
      <Group justify="space-between" gap="xs">
        <Group gap="sm">
          <SegmentedControl
            size="xs"
            aria-label="On which labels"
            value={of}
            onChange={(chosen) =>
              onSearch({ of: chosen === 'since' ? 'since' : undefined, cell: undefined, cluster: undefined })
            }
            data={[
              { value: 'gold', label: `Gold, ${formatCount(report.sets.gold?.size ?? 0)}` },
              { value: 'since', label: `Labeled since, ${formatCount(report.sets.since?.size ?? 0)}` },
            ]}
          />
          <Text size="xs" c="dimmed" maw={620}>
            {of === 'gold'
              ? 'As the gate judged it: each sample by a calibration that had not seen it.'
              : 'Labels of the pool that came after it was trained.'}{' '}
            The {plural(report.learned, 'label')} that it has learned from are left out: it knows them.
          </Text>
        </Group>
        <HeatSlider />
      </Group>
      {set && matrix ? (
        <>
          <Confusion
            matrix={matrix}
            size={set.size}
            currency={report.currency}
            money={search.in === 'money'}
            onMoney={(money) => onSearch({ in: money ? 'money' : undefined })}
            merged={isMerged(report) ? merged : null}
            onMerged={(chosen) => onSearch({ merged: chosen ? 'yes' : undefined, cell: undefined })}
            cell={cell}
            onCell={(chosen) => onSearch({ cell: chosen?.join(','), cluster: undefined, sample: undefined })}
          />
          <MistakeGallery
            key={`${of} ${search.cell} ${cluster}`}
            set={set}
            matrix={matrix}
            samples={shown}
            cell={cell}
            cluster={cluster}
            currency={report.currency}
            classes={classes}
            onOpen={(sample) => onSearch({ sample })}
            onAll={() => onSearch({ cell: undefined, cluster: undefined })}
          />
          <Clusters
            set={set}
            currency={report.currency}
            chosen={cluster}
            onChoose={(place) =>
              onSearch({ cluster: place === undefined ? undefined : place + 1, cell: undefined })
            }
          />
          <WorstSlices set={set} currency={report.currency} />
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="sm">
            <Slices
              set={set}
              currency={report.currency}
              column={search.column}
              onColumn={(column) => onSearch({ column })}
              table={search.slices === 'table'}
              onTable={(table) => onSearch({ slices: table ? 'table' : undefined })}
            />
            <Calibration
              bins={set.reliability}
              table={search.calibration === 'table'}
              onTable={(table) => onSearch({ calibration: table ? 'table' : undefined })}
            />
          </SimpleGrid>
          <MistakeDrawer
            projectId={projectId}
            number={number}
            samples={shown}
            openId={search.sample}
            classes={classes}
            currency={report.currency}
            onOpen={(sample) => onSearch({ sample })}
          />
        </>
      ) : (
        <EmptyState title={of === 'since' ? 'Nothing was labeled since' : 'The gold set has no labels'}>
          {of === 'since'
            ? 'Labels of the pool that come after this version was trained are its mistakes’ second witness. Look again once there are some.'
            : 'Label the gold set; then look again.'}
        </EmptyState>
      )}
      <Suspects projectId={projectId} number={number} report={report} classes={classes} />
    </Stack>
  );
}
