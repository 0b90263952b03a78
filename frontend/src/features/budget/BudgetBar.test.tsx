import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { BudgetOut } from '@/api/types.gen';
import { renderPage } from '@/testing/render';
import { BudgetFigures } from './BudgetFigures';
import { budgetParts } from './parts';

const BUDGET: BudgetOut = {
  currency: 'USD',
  limit: '600.0000',
  spent: '232.4167',
  reserved: '40.0000',
  left: '327.5833',
  frozen: false,
  expected_price: '1.0000',
  labels_left: 327,
};

describe('the parts of the bar', () => {
  it('sum to the whole', () => {
    const { spent, reserved, left } = budgetParts({ limit: '600', spent: '150', reserved: '60' });
    expect([spent, reserved, left].map((part) => Number(part.toFixed(6)))).toEqual([0.25, 0.1, 0.65]);
  });

  it('stay inside the bar when a budget was lowered below what is spent', () => {
    expect(budgetParts({ limit: '100', spent: '120', reserved: '10' })).toEqual({
      spent: 1,
      reserved: 0,
      left: 0,
    });
  });

  it('are all left when nothing may be spent', () => {
    expect(budgetParts({ limit: '0', spent: '0', reserved: '0' })).toEqual({
      spent: 0,
      reserved: 0,
      left: 1,
    });
  });
});

it('shows what is spent, reserved and left, and what that buys', () => {
  renderPage(<BudgetFigures budget={BUDGET} />);
  expect(screen.getByTestId('budget-spent').textContent).toBe('$232.42');
  expect(screen.getByTestId('budget-reserved').textContent).toBe('$40.00');
  expect(screen.getByTestId('budget-left').textContent).toBe('$327.58');
  expect(screen.getByText(/Buys 327 more labels at about \$1\.00 each/)).toBeTruthy();
  expect(screen.getByRole('img').getAttribute('aria-label')).toContain('$232.42 spent');
});

it('marks a figure that changed', () => {
  const view = renderPage(<BudgetFigures budget={BUDGET} />);
  const before = screen.getByTestId('budget-spent').className;
  view.rerender(<BudgetFigures budget={{ ...BUDGET, spent: '233.3300' }} />);
  expect(screen.getByTestId('budget-spent').className).not.toBe(before);
  expect(screen.getByTestId('budget-left').className).toBe('');
});
