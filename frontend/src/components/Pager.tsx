import { Group, Pagination, Text } from '@mantine/core';
import { formatCount } from '@/lib/numbers';

interface PagerProps {
  page: number;
  size: number;
  count: number;
  onPage: (page: number) => void;
}

/** Pages count from 1; nothing is shown while all fits on one. */
export function Pager({ page, size, count, onPage }: PagerProps) {
  if (count <= size) return null;
  const first = (page - 1) * size + 1;
  return (
    <Group justify="space-between" mt="sm" gap="xs">
      <Text size="xs" c="dimmed">
        {formatCount(first)}–{formatCount(Math.min(count, page * size))} of {formatCount(count)}
      </Text>
      <Pagination
        size="sm"
        total={Math.ceil(count / size)}
        value={page}
        onChange={onPage}
        getControlProps={(control) => ({ 'aria-label': `${control} page` })}
      />
    </Group>
  );
}
