import { Tooltip } from '@mantine/core';
import { useNow } from '@/hooks/use-now';
import { formatExact, formatRelative } from '@/lib/time';

/** A moment: relative to read, exact on hover. */
export function Time({ at }: { at: string }) {
  const now = useNow();
  return (
    <Tooltip label={formatExact(at)}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {formatRelative(at, now)}
      </time>
    </Tooltip>
  );
}
