// The five parts of the loop as the strip shows them.
import type { OverviewOut } from '@/api/types.gen';
import { formatCount } from '@/lib/numbers';

export interface LoopPart {
  name: string;
  page: '/projects/$projectId/pool' | '/projects/$projectId/queue' | '/projects/$projectId/models';
  search?: { state: 'waiting' };
  figure: string;
  detail: string;
  /** What it is doing right now, or null when it rests. */
  live: string | null;
}

export function loopParts({ pool, queue, experts, gold, labels, model }: OverviewOut): LoopPart[] {
  const round = queue.round_kind === 'gold' ? 'gold set' : `round ${queue.round_number}`;
  return [
    {
      name: 'Pool',
      page: '/projects/$projectId/pool',
      figure: formatCount(pool.samples),
      detail: pool.samples === 0 ? 'samples' : `${formatCount(pool.unlabeled)} unlabeled`,
      live: pool.importing ? 'Importing' : null,
    },
    {
      name: 'Queue',
      page: '/projects/$projectId/queue',
      figure: formatCount(queue.waiting),
      detail:
        queue.round_number === null
          ? 'no round yet'
          : `waiting, ${round}: ${formatCount(queue.answered)} of ${formatCount(queue.size)}`,
      live: null,
    },
    {
      name: 'Experts',
      page: '/projects/$projectId/queue',
      search: { state: 'waiting' },
      figure: formatCount(experts.active),
      detail: `active, ${formatCount(experts.answered_last_hour)} answers this hour`,
      live: experts.active > 0 && queue.waiting > 0 ? 'Answering' : null,
    },
    {
      name: 'Labels',
      page: '/projects/$projectId/pool',
      figure: formatCount(labels.settled),
      detail:
        gold.drawn === 0
          ? 'no gold set yet'
          : labels.until_training === null
            ? `and ${formatCount(gold.labeled)} of ${formatCount(gold.drawn)} gold`
            : `and ${formatCount(gold.labeled)} gold, ${formatCount(labels.until_training)} until training`,
      live: null,
    },
    {
      name: 'Champion',
      page: '/projects/$projectId/models',
      figure: model.champion === null ? '—' : `v${model.champion}`,
      detail: model.versions === 0 ? 'no version yet' : `of ${formatCount(model.versions)} versions`,
      live: model.training ? 'Training' : null,
    },
  ];
}
