import { Skeleton } from '@mantine/core';
import type { EChartsOption } from 'echarts/types/dist/shared';
import { lazy, Suspense } from 'react';

const Canvas = lazy(() => import('./Canvas'));

export interface ChartProps {
  option: EChartsOption;
  height: number;
  /** What the chart shows, in words, for those who do not see it. */
  label: string;
}

export function Chart(props: ChartProps) {
  return (
    <Suspense fallback={<Skeleton height={props.height} />}>
      <Canvas {...props} />
    </Suspense>
  );
}
