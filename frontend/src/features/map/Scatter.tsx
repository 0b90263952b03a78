// Points on WebGL by regl-scatterplot: it draws a hundred thousand in a frame, and holds the lasso.

import { useEffect, useRef } from 'react';
import createScatterplot from 'regl-scatterplot';
import type { Coloured, Points } from './points';

interface ScatterProps {
  points: Points;
  coloured: Coloured;
  selected: number[];
  /** What dragging does; with shift held, it always draws a lasso. */
  mode: 'pan' | 'lasso';
  /** Of what is selected, which no colouring uses. */
  ink: string;
  background: string;
  onSelect: (rows: number[]) => void;
  onHover: (row: number | null) => void;
  onFail: () => void;
}

type Plot = ReturnType<typeof createScatterplot>;

/** Where points lie, with room for those on the edge. */
const WHOLE = { x: -1.05, y: -1.05, width: 2.1, height: 2.1 };

/** More than so many points would cover one another. */
const MANY = 20_000;

/** Given a copy, since the plot drops from the very array what it has not drawn yet. */
function select(plot: Plot, rows: number[]) {
  if (rows.length > 0) plot.select([...rows], { preventEvent: true });
  else plot.deselect({ preventEvent: true });
}

export default function Scatter(props: ScatterProps) {
  const { points, coloured, selected, mode, ink, background } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const plot = useRef<Plot>(null);
  const seen = useRef(false);
  const told = useRef(props);
  told.current = props;

  useEffect(() => {
    const node = canvas.current;
    if (!node?.parentElement) return;
    // On a canvas of its own: this one's is 2-D, onto which the plot copies what it draws.
    if (!document.createElement('canvas').getContext('webgl')) {
      told.current.onFail();
      return;
    }
    const { width, height } = node.parentElement.getBoundingClientRect();
    const made = createScatterplot({
      canvas: node,
      width,
      height,
      pointSize: told.current.points.size > MANY ? 3 : 6,
      // Square points without blending: several times as fast where there is no graphics card.
      performanceMode: true,
      lassoOnLongPress: true,
      // What is selected is given up by its button alone: a stray click would cost a careful lasso.
      deselectOnDblClick: false,
      deselectOnEscape: false,
      colorBy: 'valueA',
    });
    plot.current = made;
    made.subscribe('select', ({ points: rows }: { points: number[] }) => {
      // It is told of drawing anew, too, with nothing in it.
      if (rows.length > 0) told.current.onSelect([...rows]);
    });
    made.subscribe('pointOver', (row: number) => told.current.onHover(row));
    made.subscribe('pointOut', () => told.current.onHover(null));
    const sizes = new ResizeObserver(([entry]) => {
      if (entry) made.set({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    sizes.observe(node.parentElement);
    return () => {
      sizes.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, []);

  useEffect(() => {
    const made = plot.current;
    if (!made) return;
    // As many of each as there are colours, without which what is selected keeps its own; the types know of one only.
    const chosen = coloured.colours.map(() => ink) as unknown as string;
    made.set({
      pointColor: coloured.colours,
      pointColorActive: chosen,
      pointColorHover: chosen,
      backgroundColor: background,
    });
    made
      .draw(
        { x: points.x, y: points.y, valueA: Float32Array.from(coloured.value) },
        { zDataType: 'categorical' },
      )
      .then(() => {
        if (plot.current !== made) return;
        // Else a narrow canvas shows the middle alone.
        if (!seen.current) made.zoomToArea(WHOLE);
        seen.current = true;
        // Drawing anew forgets what is selected; whoever looks at the map does not.
        select(made, told.current.selected);
      });
  }, [points, coloured, ink, background]);

  useEffect(() => {
    plot.current?.set({ mouseMode: mode === 'lasso' ? 'lasso' : 'panZoom' });
  }, [mode]);

  useEffect(() => {
    if (plot.current) select(plot.current, selected);
  }, [selected]);

  return (
    <canvas ref={canvas} data-testid="scatter" style={{ display: 'block', width: '100%', height: '100%' }} />
  );
}
