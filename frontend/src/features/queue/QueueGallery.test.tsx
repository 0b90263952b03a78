import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import type { QueueItemOut } from '@/api/types.gen';
import { flipped, shownOpacity } from '@/hooks/use-heat';
import { renderPage } from '@/testing/render';
import { QueueGallery } from './QueueGallery';
import { queueQuery, readQueueSearch } from './search';

const DEFECT = { id: 2, name: 'defective', color: '#d55e00' };

function item(id: number, changes: Partial<QueueItemOut> = {}): QueueItemOut {
  return {
    id,
    sample_id: id,
    sample_name: `cell${id}.png`,
    round_number: 4,
    round_kind: 'query',
    rank: id,
    strategy: 'margin',
    score: 0.9,
    selection_probability: 0.5,
    reason: 'Torn between two classes.',
    neighbour: null,
    tier: 'expert',
    answers_wanted: 1,
    honeypot: false,
    blind: false,
    price: '1.0000',
    charged: null,
    state: 'sent',
    width: 300,
    height: 300,
    picture_url: `/media/p${id}`,
    heat_url: `/media/h${id}`,
    overlay_url: null,
    map_sentence: 'The map shows what speaks for defective.',
    predictions: [{ label_class: DEFECT, probability: 0.52 }],
    label: null,
    annotator: null,
    answered_at: null,
    label_studio_url: 'http://127.0.0.1:8080/projects/1/data?task=1',
    ...changes,
  };
}

function show(items: QueueItemOut[], onOpen = vi.fn()) {
  renderPage(
    <QueueGallery items={items} currency="USD" openId={undefined} heatOpacity={0.6} onOpen={onOpen} />,
  );
  return onOpen;
}

describe('the gallery', () => {
  it('is one tab stop, arrows move and enter opens', async () => {
    const onOpen = show([item(1), item(2), item(3)]);
    const keys = userEvent.setup();
    await keys.tab();
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Open cell1.png');
    await keys.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}{ArrowLeft}{Enter}');
    expect(onOpen).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ id: 2 }));
  });

  it('shows the price that is held until the charge is known', () => {
    show([item(1), item(2, { state: 'answered', label: DEFECT, charged: '0.9132' })]);
    const [waiting, answered] = screen.getAllByTestId('queue-item');
    expect(waiting?.textContent).toContain('$1.00');
    expect(waiting?.textContent).toContain('with experts');
    expect(answered?.textContent).toContain('$0.91');
  });

  it('links to Label Studio only where there is a task', () => {
    show([item(1), item(2, { label_studio_url: null })]);
    expect(screen.getAllByRole('link', { name: /Label in Label Studio/ })).toHaveLength(1);
  });
});

describe('a hard negative', () => {
  it('stands beside the labeled sample that betrays it', () => {
    const neighbour = {
      sample_id: 7,
      sample_name: 'cell7.png',
      picture_url: '/media/p7',
      width: 300,
      height: 300,
      label: { id: 1, name: 'good', color: '#2f9e7a' },
    };
    show([item(1), item(2, { neighbour })]);
    const figure = screen.getByTestId('neighbour');
    expect(figure.textContent).toBe('Compare with cell7.png, labeled good');
    expect(figure.querySelector('img')?.getAttribute('src')).toBe('/media/p7');
  });
});

describe('flipping the heatmaps', () => {
  it('hides them and brings them back as strong as they were', () => {
    const hidden = flipped({ opacity: 0.35, shown: true });
    expect(shownOpacity(hidden)).toBe(0);
    expect(shownOpacity(flipped(hidden))).toBe(0.35);
  });

  it('brings back maps that the slider had taken to zero', () => {
    expect(shownOpacity(flipped({ opacity: 0, shown: true }))).toBeGreaterThan(0);
  });
});

describe('the address', () => {
  it('holds the filters and forgets what makes no sense', () => {
    const search = readQueueSearch({ round: '4', state: 'sent', strategy: 'margin', page: 2, item: -1 });
    expect(search).toEqual({ round: 4, state: 'sent', strategy: 'margin', page: 2, item: undefined });
    expect(readQueueSearch({ state: 'lost', round: 'x' }).state).toBeUndefined();
  });

  it('becomes the query', () => {
    expect(queueQuery(7, { page: 2, state: 'sent' }).query).toMatchObject({
      state: 'sent',
      offset: 60,
      limit: 60,
    });
  });
});
