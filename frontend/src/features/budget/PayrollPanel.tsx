import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { getBurnDownOptions } from '@/api/@tanstack/react-query.gen';
import { Panel } from '@/components/Panel';
import { type Days, daysError, monthDays, monthName, monthsSince, payrollAddress } from './payroll';

const OTHER = 'other';

/** Who is paid what for a month, or for any other days. */
export function PayrollPanel({ projectId }: { projectId: number }) {
  const burn = useQuery(getBurnDownOptions({ path: { project_id: projectId } }));
  const months = monthsSince(burn.data?.[0]?.day, Date.now());
  const [month, setMonth] = useState<string | null>(null);
  const [typed, setTyped] = useState<Days>(monthDays(months[0] ?? ''));
  const chosen = month ?? months[0] ?? '';
  const days = chosen === OTHER ? typed : monthDays(chosen);
  const error = daysError(days);
  return (
    <Panel title="Who is paid what?">
      <Stack gap="sm">
        <Group gap="sm" align="flex-start">
          <Select
            label="For"
            w={200}
            allowDeselect={false}
            data={[
              ...months.map((one) => ({ value: one, label: monthName(one) })),
              { value: OTHER, label: 'Other days' },
            ]}
            value={chosen}
            onChange={setMonth}
          />
          {chosen === OTHER && <DayFields days={typed} error={error} onDays={setTyped} />}
        </Group>
        <Group gap={6}>
          <Download
            name="Payroll CSV"
            address={error ? null : payrollAddress(projectId, days, false)}
            primary
          />
          <Download name="Its lines CSV" address={error ? null : payrollAddress(projectId, days, true)} />
        </Group>
        <Text size="xs" c="dimmed" maw={640}>
          The payroll has a row for each annotator, tier and rate: labels, minutes, amount. Its lines are the
          movements of the ledger that these rows are the sums of, each with its annotation. Days are those of
          UTC. A past month never changes: a correction counts on its own day.
        </Text>
      </Stack>
    </Panel>
  );
}

interface DayFieldsProps {
  days: Days;
  error: string | null;
  onDays: (days: Days) => void;
}

function DayFields({ days, error, onDays }: DayFieldsProps) {
  return (
    <>
      <TextInput
        type="date"
        label="First day"
        value={days.first}
        onChange={(event) => onDays({ ...days, first: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label="Last day"
        value={days.last}
        error={error}
        onChange={(event) => onDays({ ...days, last: event.currentTarget.value })}
      />
    </>
  );
}

interface DownloadProps {
  name: string;
  address: string | null;
  primary?: boolean;
}

function Download({ name, address, primary = false }: DownloadProps) {
  const shared = {
    variant: primary ? 'filled' : 'default',
    leftSection: <IconDownload size={14} />,
    children: name,
  };
  return address ? (
    <Button component="a" href={address} download {...shared} />
  ) : (
    <Button disabled {...shared} />
  );
}
