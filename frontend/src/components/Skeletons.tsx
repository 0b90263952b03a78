import { Skeleton, Stack } from '@mantine/core';

/** Keeps the place of what is being loaded, so that nothing jumps. */
export function Skeletons({ heights }: { heights: number[] }) {
  return (
    <Stack gap="sm" aria-busy aria-label="Loading">
      {heights.map((height, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
        <Skeleton key={index} height={height} radius="md" />
      ))}
    </Stack>
  );
}
