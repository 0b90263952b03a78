import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { getOverviewOptions, listSamplesOptions } from '@/api/@tanstack/react-query.gen';
import { ErrorNotice } from '@/components/ErrorNotice';
import { Pager } from '@/components/Pager';
import { plural } from '@/lib/numbers';
import classes from './SamplePicker.module.css';

const PAGE_SIZE = 24;
const TYPING_MS = 250;

interface SamplePickerProps {
  projectId: number;
  opened: boolean;
  onClose: () => void;
  onPick: (ids: number[]) => void;
}

/** The pool by name and label, to choose from what is to be looked at. */
export function SamplePicker({ projectId, opened, onClose, onPick }: SamplePickerProps) {
  const [typed, setTyped] = useState('');
  const [name] = useDebouncedValue(typed, TYPING_MS);
  const [label, setLabel] = useState<string | null>(null);
  const [page, setPage] = useState(1);
  const [picked, setPicked] = useState<number[]>([]);
  const overview = useQuery({ ...getOverviewOptions({ path: { project_id: projectId } }), enabled: opened });
  const samples = useQuery({
    ...listSamplesOptions({
      path: { project_id: projectId },
      query: {
        name,
        label: label ? Number(label) : undefined,
        offset: (page - 1) * PAGE_SIZE,
        limit: PAGE_SIZE,
      },
    }),
    enabled: opened,
    placeholderData: keepPreviousData,
  });
  const flip = (id: number) =>
    setPicked((now) => (now.includes(id) ? now.filter((one) => one !== id) : [...now, id]));
  const close = () => {
    setPicked([]);
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      size="xl"
      title="Samples to look at"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="sm">
        <Group gap="xs">
          <TextInput
            aria-label="Name contains"
            placeholder="Name contains"
            size="xs"
            data-autofocus
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
              setPage(1);
            }}
          />
          <Select
            aria-label="Label"
            placeholder="Any label"
            size="xs"
            w={160}
            clearable
            data={(overview.data?.project.classes ?? []).map((one) => ({
              value: String(one.id),
              label: one.name,
            }))}
            value={label}
            onChange={(chosen) => {
              setLabel(chosen);
              setPage(1);
            }}
          />
        </Group>
        {samples.isError && <ErrorNotice error={samples.error} onRetry={() => samples.refetch()} />}
        {samples.data?.count === 0 && <Text size="sm">No sample has this name and label.</Text>}
        <div className={classes.grid}>
          {samples.data?.items.map((one) => (
            <button
              key={one.id}
              type="button"
              className={classes.sample}
              aria-pressed={picked.includes(one.id)}
              aria-label={one.name}
              title={one.name}
              onClick={() => flip(one.id)}
            >
              <img src={one.picture_url} alt="" loading="lazy" />
            </button>
          ))}
        </div>
        <Pager page={page} size={PAGE_SIZE} count={samples.data?.count ?? 0} onPage={setPage} />
        <Group justify="flex-end">
          <Button
            disabled={picked.length === 0}
            onClick={() => {
              onPick(picked);
              close();
            }}
          >
            Look at {plural(picked.length, 'sample')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
