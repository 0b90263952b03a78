import { ActionIcon, Group, SegmentedControl, Switch, Text, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { type CSSProperties, type KeyboardEvent, useRef } from 'react';
import { Panel } from '@/components/Panel';
import { downloadCsv } from '@/lib/csv';
import { moveInGrid } from '@/lib/keyboard';
import { formatMoneyShort } from '@/lib/money';
import { formatCount, formatShare, plural } from '@/lib/numbers';
import classes from './Confusion.module.css';
import { type Cell, findingOf, type Matrix, matrixCsv, mistakesOf } from './report';

interface ConfusionProps {
  matrix: Matrix;
  size: number;
  currency: string;
  money: boolean;
  onMoney: (money: boolean) => void;
  /** Null where no classes are merged. */
  merged: boolean | null;
  onMerged: (merged: boolean) => void;
  cell: Cell | undefined;
  onCell: (cell: Cell | undefined) => void;
}

/** What is called what, in counts or in money. A cell leads to its samples; arrows move between cells. */
export function Confusion(props: ConfusionProps) {
  const { matrix, size, currency, money, onMoney, merged, onMerged } = props;
  const { count, cost } = mistakesOf(matrix);
  return (
    <Panel
      title={findingOf(matrix, currency)}
      actions={
        <Group gap="xs">
          {merged !== null && (
            <Switch
              size="xs"
              label="Merged classes as one"
              checked={merged}
              onChange={(event) => onMerged(event.currentTarget.checked)}
            />
          )}
          <SegmentedControl
            size="xs"
            aria-label="Cells tell"
            value={money ? 'money' : 'counts'}
            onChange={(chosen) => onMoney(chosen === 'money')}
            data={[
              { value: 'counts', label: 'Counts' },
              { value: 'money', label: 'Money' },
            ]}
          />
          <Tooltip label="Download as CSV">
            <ActionIcon
              variant="default"
              aria-label="Download the confusion matrix as CSV"
              onClick={() => downloadCsv('confusion.csv', matrixCsv(matrix))}
            >
              <IconDownload size={16} />
            </ActionIcon>
          </Tooltip>
        </Group>
      }
    >
      <Text size="sm" mb="xs" data-testid="mistakes">
        {plural(count, 'mistake')} in {plural(size, 'sample')} ({formatShare(size ? count / size : 0)}), which
        cost {formatMoneyShort(cost, currency)}: {formatMoneyShort(round((1000 * cost) / size), currency)} per
        1,000 samples.
      </Text>
      <Grid {...props} />
    </Panel>
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function Grid({ matrix, currency, money, cell, onCell }: ConfusionProps) {
  const table = useRef<HTMLTableElement>(null);
  const { names } = matrix;
  const cells = money ? matrix.money : matrix.counts;
  const most = Math.max(
    ...cells.flatMap((row, label) => row.filter((_, called) => called !== label)),
    Number.MIN_VALUE,
  );
  const at = cell ?? [0, 0];
  const move = (event: KeyboardEvent) => {
    const buttons = [...(table.current?.querySelectorAll('button') ?? [])];
    const index = buttons.indexOf(event.target as HTMLButtonElement);
    const next = moveInGrid(event.key, index, buttons.length, names.length);
    if (index < 0 || next === index) return;
    event.preventDefault();
    buttons[next]?.focus();
  };
  return (
    <div className={classes.scroll}>
      <table ref={table} className={classes.grid} aria-label="Confusion matrix" onKeyDown={move}>
        <thead>
          <tr>
            <th scope="col" className={classes.corner}>
              label ↓ called →
            </th>
            {names.map((name) => (
              <th key={name} scope="col" title={name} className={classes.called}>
                {name}
              </th>
            ))}
            <th scope="col" className={classes.called}>
              all
            </th>
          </tr>
        </thead>
        <tbody>
          {names.map((label, row) => (
            <tr key={label}>
              <th scope="row" title={label} className={classes.label}>
                {label}
              </th>
              {names.map((called, column) => {
                const value = cells[row]?.[column] ?? 0;
                const chosen = cell !== undefined && cell[0] === row && cell[1] === column;
                const told = money ? formatMoneyShort(value, currency) : formatCount(value);
                return (
                  <td key={called}>
                    <button
                      type="button"
                      className={classes.cell}
                      data-right={row === column || undefined}
                      aria-pressed={chosen}
                      aria-label={`${label} called ${called}: ${told}`}
                      tabIndex={at[0] === row && at[1] === column ? 0 : -1}
                      style={
                        row === column || value === 0
                          ? undefined
                          : ({ '--strength': `${Math.round(12 + (48 * value) / most)}%` } as CSSProperties)
                      }
                      data-wrong={(row !== column && value > 0) || undefined}
                      onClick={() => onCell(chosen ? undefined : [row, column])}
                    >
                      {told}
                    </button>
                  </td>
                );
              })}
              <td className={classes.sum}>
                {money
                  ? formatMoneyShort(sum(matrix.money[row]), currency)
                  : formatCount(sum(matrix.counts[row]))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function sum(values: number[] | undefined): number {
  return (values ?? []).reduce((total, value) => total + value, 0);
}
