// The query plan of a project, as a form holds it: shares in percent. Pure functions.
import type { QueryingOut, QueryPlan, RecipeOut } from '@/api/types.gen';
import { type Amount, numberOf } from '@/lib/amounts';

export type Kind = NonNullable<QueryPlan['kind']>;

export interface Part {
  recipe: string;
  share: Amount;
}

export interface PlanValues {
  kind: Kind;
  /** The recipe of `recipe`. */
  recipe: string;
  /** The parts of `mixture`. */
  parts: Part[];
}

export const KINDS: Record<Kind, { label: string; sentence: string }> = {
  usual: {
    label: 'Usual',
    sentence:
      'Half close calls, spread out; half the highest scores for the class that is dearest to miss. Before there is a model, typical and outlying samples.',
  },
  recipe: { label: 'One way', sentence: 'One way of asking takes the whole round.' },
  mixture: { label: 'Mixture', sentence: 'Several ways share the round.' },
  auto: {
    label: 'Auto',
    sentence:
      'The shares are learned from what past rounds bought for their money. Every round still explores a little.',
  },
};

export const MOST_PARTS = 12;
const FIRST = 'spread-margin';

export function planValues(plan: QueryPlan): PlanValues {
  const parts = (plan.parts ?? []).map((part) => ({
    recipe: part.recipe,
    share: Number((100 * (part.share ?? 1)).toFixed(2)),
  }));
  return {
    kind: plan.kind ?? 'usual',
    recipe: parts[0]?.recipe ?? FIRST,
    parts: parts.length > 0 ? parts : [{ recipe: FIRST, share: 100 }],
  };
}

/** What is wrong with a plan, in a sentence; null if nothing is. */
export function planError({ kind, parts }: PlanValues): string | null {
  if (kind !== 'mixture') return null;
  if (parts.length === 0) return 'Add a way of asking.';
  if (parts.some(({ share }) => !(numberOf(share) > 0))) return 'Each way needs a share above 0%.';
  const names = new Set(parts.map(({ recipe }) => recipe));
  return names.size < parts.length ? 'A way is there twice; give it one share.' : null;
}

export function toPlan({ kind, recipe, parts }: PlanValues): QueryPlan {
  if (kind === 'recipe') return { kind, parts: [{ recipe, share: 1 }] };
  if (kind !== 'mixture') return { kind, parts: [] };
  return { kind, parts: parts.map((part) => ({ recipe: part.recipe, share: numberOf(part.share) / 100 })) };
}

/** The first recipe that the mixture does not hold yet. */
export function nextRecipe(recipes: RecipeOut[], parts: Part[]): string | undefined {
  const held = new Set(parts.map(({ recipe }) => recipe));
  return recipes.find(({ name }) => !held.has(name))?.name;
}

/** Of 80% in all, 40% come to half of what the control leaves. */
export function total(parts: Part[]): number {
  return parts.reduce((sum, { share }) => sum + Math.max(numberOf(share), 0), 0);
}

type Used = NonNullable<QueryingOut['used']>;

/** “Round 7 asked by 54% Close calls and 36% Border of each class; 10% were drawn at random.” */
export function usedSentence(used: Used): string {
  const control = `${percent(used.control_share)} were drawn at random.`;
  if (used.shares.length === 0) return `Round ${used.round_number}: ${control}`;
  const named = used.shares.map(({ title, share }) => `${percent(share)} ${title}`);
  const list = new Intl.ListFormat('en-US').format(named);
  return `Round ${used.round_number} asked by ${list}; ${control}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))}%`;
}
