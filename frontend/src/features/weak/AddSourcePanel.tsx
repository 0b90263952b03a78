import { SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import type { WeakLabelsOut } from '@/api/types.gen';
import { Panel } from '@/components/Panel';
import { useMay } from '@/hooks/use-may';
import { CollectorForm } from './CollectorForm';
import { FunctionForm } from './FunctionForm';
import { TableForm } from './TableForm';

/** The ways to weak labels. */
export function AddSourcePanel({ projectId, weak }: { projectId: number; weak: WeakLabelsOut }) {
  const [way, setWay] = useState('table');
  const mayCode = useMay(projectId, 'change_settings') && weak.functions_allowed;
  const ways = [
    { value: 'table', label: 'Table' },
    { value: 'join', label: 'Join' },
    { value: 'pages', label: 'Web pages' },
    ...(mayCode ? [{ value: 'function', label: 'Function' }] : []),
  ];
  return (
    <Panel title="Add a source">
      <Stack gap="sm">
        <SegmentedControl
          size="xs"
          data={ways}
          value={way}
          onChange={setWay}
          aria-label="Where the labels come from"
          fullWidth
        />
        {way === 'function' && <FunctionForm projectId={projectId} weak={weak} />}
        {way === 'pages' && <CollectorForm projectId={projectId} weak={weak} />}
        {(way === 'table' || way === 'join') && (
          <TableForm key={way} projectId={projectId} weak={weak} join={way === 'join'} />
        )}
      </Stack>
    </Panel>
  );
}
