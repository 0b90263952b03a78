import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { client } from '@/api/client.gen';
import type { BudgetStateOut } from '@/api/types.gen';
import { configureClient } from '@/lib/client';
import { renderPage } from '@/testing/render';
import { MovementForm } from './MoveBudgetButton';
import type { Direction } from './movement';
import { RulesForm } from './RulesButton';

const BUDGET: BudgetStateOut = {
  currency: 'USD',
  limit: '600.0000',
  spent: '232.4167',
  reserved: '40.0000',
  left: '327.5833',
  frozen: false,
  expected_price: '1.0000',
  labels_left: 327,
  owed: '0.0000',
  overrun_share: 0.5,
  median_factor: 4,
};

const asked: { method: string; path: string; body: unknown }[] = [];
const onDone = vi.fn();

function answerWith(status: number, body: object) {
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push({
      method: request.method,
      path: new URL(request.url).pathname,
      body: await request.json(),
    });
    return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
  });
}

async function move(direction: Direction, amount: string) {
  renderPage(
    <QueryClientProvider client={new QueryClient()}>
      <MovementForm projectId={1} budget={BUDGET} direction={direction} onDone={onDone} />
    </QueryClientProvider>,
  );
  const person = userEvent.setup();
  const field = screen.getByRole('textbox', { name: /the limit by \(USD\)/ });
  await person.type(field, amount);
  await person.click(screen.getByRole('button', { name: /the budget$/ }));
  return field;
}

beforeEach(() => {
  asked.length = 0;
  onDone.mockClear();
  configureClient(() => {});
  client.setConfig({ baseUrl: 'http://heedful.test' });
});
afterEach(() => vi.unstubAllGlobals());

it('tops up by the amount and is done', async () => {
  answerWith(200, { ...BUDGET, limit: '700.0000' });
  await move('top-up', '100');
  await vi.waitFor(() => expect(onDone).toHaveBeenCalled());
  expect(asked).toEqual([
    { method: 'POST', path: '/api/projects/1/budget/top-up', body: { amount: 100, note: '' } },
  ]);
});

it('shows a refusal on the field that it names, and stays open', async () => {
  answerWith(422, { code: 'invalid', message: '580.00 USD are spent or reserved already.', field: 'amount' });
  const field = await move('lower', '100');
  expect(await screen.findByText('580.00 USD are spent or reserved already.')).toBeTruthy();
  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(asked[0]?.path).toBe('/api/projects/1/budget/lower');
  expect(onDone).not.toHaveBeenCalled();
});

it('does not ask for what cannot be', async () => {
  answerWith(200, BUDGET);
  await move('lower', '500');
  expect(await screen.findByText('Only $327.58 are neither spent nor reserved.')).toBeTruthy();
  expect(asked).toEqual([]);
});

it('sends the rules as shares', async () => {
  answerWith(200, BUDGET);
  renderPage(
    <QueryClientProvider client={new QueryClient()}>
      <RulesForm projectId={1} budget={BUDGET} onDone={onDone} />
    </QueryClientProvider>,
  );
  const person = userEvent.setup();
  const field = screen.getByRole('textbox', { name: 'Allowed overrun' });
  await person.clear(field);
  await person.type(field, '20');
  await person.click(screen.getByRole('button', { name: 'Change the rules' }));
  await vi.waitFor(() => expect(onDone).toHaveBeenCalled());
  expect(asked[0]).toEqual({
    method: 'PATCH',
    path: '/api/projects/1/budget',
    body: { overrun_share: 0.2, median_factor: 4 },
  });
});
