import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { client } from '@/api/client.gen';
import type { BudgetOut } from '@/api/types.gen';
import { configureClient } from '@/lib/client';
import { renderPage } from '@/testing/render';
import { BudgetForm } from './BudgetForm';

const BUDGET: BudgetOut = {
  currency: 'USD',
  limit: '600.0000',
  spent: '232.4167',
  reserved: '40.0000',
  left: '327.5833',
  expected_price: '1.0000',
  labels_left: 327,
};

const asked: { method: string; body: unknown }[] = [];

function answerWith(status: number, body: object) {
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push({ method: request.method, body: await request.json() });
    return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
  });
}

async function change(limit: string) {
  renderPage(
    <QueryClientProvider client={new QueryClient()}>
      <BudgetForm projectId={1} budget={BUDGET} focused={false} />
    </QueryClientProvider>,
  );
  const person = userEvent.setup();
  const field = screen.getByRole('textbox', { name: 'Budget (USD)' });
  await person.clear(field);
  await person.type(field, limit);
  await person.click(screen.getByRole('button', { name: 'Change the budget' }));
  return field;
}

beforeEach(() => {
  asked.length = 0;
  configureClient(() => {});
  client.setConfig({ baseUrl: 'http://heedful.test' });
});
afterEach(() => vi.unstubAllGlobals());

it('sends the new limit', async () => {
  answerWith(200, {});
  await change('700');
  await vi.waitFor(() => expect(asked).toEqual([{ method: 'PATCH', body: { budget: 700 } }]));
});

it('shows a refusal on its field', async () => {
  answerWith(422, { code: 'invalid', message: '272.42 USD are spent already.', field: 'budget' });
  const field = await change('100');
  expect(await screen.findByText('272.42 USD are spent already.')).toBeTruthy();
  expect(field.getAttribute('aria-invalid')).toBe('true');
});
