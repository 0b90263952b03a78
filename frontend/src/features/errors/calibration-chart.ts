// The reliability diagram: how often the likeliest class is right, against how probable it was said to be.
import type { CustomSeriesRenderItem } from 'echarts';
import type { EChartsOption } from 'echarts/types/dist/shared';
import type { Palette } from '@/charts/palette';
import { formatCount, formatShare } from '@/lib/numbers';
import type { Bin } from './report';

export function calibrationOption(bins: Bin[], palette: Palette): EChartsOption {
  return {
    animation: false,
    grid: {
      left: 4,
      right: 16,
      top: 26,
      bottom: 24,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    tooltip: {
      trigger: 'item',
      backgroundColor: palette.surface,
      borderColor: palette.line,
      textStyle: { color: palette.ink, fontSize: 12 },
      formatter: (hovered: unknown) => {
        const bin = bins[(hovered as { dataIndex: number }).dataIndex];
        return bin
          ? `says ${formatShare(bin.said)}, right ${formatShare(bin.right.value)} of ${formatCount(bin.size)}`
          : '';
      },
    },
    xAxis: axis('it says', palette, true),
    yAxis: axis('it is right', palette, false),
    series: [
      {
        type: 'line',
        data: [
          [0, 0],
          [1, 1],
        ],
        showSymbol: false,
        silent: true,
        lineStyle: { color: palette.dim, width: 1, type: 'dashed' },
      },
      whiskers(bins, palette),
      {
        type: 'line',
        z: 4,
        silent: true,
        showSymbol: false,
        data: bins.map(({ said, right }) => [said, right.value]),
        lineStyle: { color: palette.quality, width: 2 },
      },
      {
        type: 'scatter',
        z: 5,
        symbolSize: 8,
        itemStyle: { color: palette.quality },
        data: bins.map(({ said, right }) => [said, right.value]),
        labelLayout: { hideOverlap: true },
        label: {
          show: true,
          position: 'top',
          fontSize: 11,
          color: palette.dim,
          formatter: (point: { dataIndex: number }) => formatCount(bins[point.dataIndex]?.size ?? 0),
        },
      },
    ],
  };
}

function axis(name: string, palette: Palette, horizontal: boolean) {
  return {
    type: 'value' as const,
    name,
    min: 0,
    max: 1,
    splitNumber: 5,
    nameLocation: horizontal ? ('middle' as const) : ('end' as const),
    nameGap: horizontal ? 24 : 10,
    nameTextStyle: {
      color: palette.dim,
      fontSize: 11,
      align: horizontal ? ('center' as const) : ('left' as const),
    },
    axisLabel: { color: palette.dim, fontSize: 11, formatter: (value: number) => formatShare(value) },
    axisLine: { show: horizontal, lineStyle: { color: palette.line } },
    axisTick: { show: false },
    splitLine: { show: !horizontal, lineStyle: { color: palette.line, opacity: 0.7 } },
  };
}

function whiskers(bins: Bin[], palette: Palette) {
  const renderItem: CustomSeriesRenderItem = (_, api) => {
    const [x = 0, top = 0] = api.coord([api.value(0), api.value(2)]);
    const [, bottom = 0] = api.coord([api.value(0), api.value(1)]);
    const style = { stroke: palette.quality, lineWidth: 6, opacity: 0.25 };
    return { type: 'line', shape: { x1: x, y1: top, x2: x, y2: bottom }, style, silent: true };
  };
  return {
    type: 'custom' as const,
    renderItem,
    silent: true,
    data: bins.map(({ said, right }) => [said, right.low, right.high]),
  };
}
