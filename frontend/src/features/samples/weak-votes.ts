// What weak sources say of one sample, in words beside the experts' label.
import type { SampleDetailOut, SampleWeakOut, WeakVoteOut } from '@/api/types.gen';
import { formatShare, plural } from '@/lib/numbers';

type Labeled = { weak: SampleWeakOut; label: SampleDetailOut['label'] };

/** The title of the panel: whether the sources agree with the label, or with each other. */
export function weakTitle({ weak, label }: Labeled): string {
  const { votes } = weak;
  if (votes.length === 0) return 'No weak source says anything of it';
  const who = plural(votes.length, 'weak source');
  if (label) {
    const agreeing = votes.filter((vote) => vote.label.id === label.label.id).length;
    if (votes.length === 1) return `The weak source ${agreeing ? 'agrees' : 'disagrees'} with the label`;
    return `${agreeing} of ${who} agree with the label`;
  }
  const said = new Set(votes.map((vote) => vote.label.id));
  if (votes.length === 1) return `One weak source says ${votes[0]?.label.name}`;
  return said.size === 1 ? `${who} agree on ${votes[0]?.label.name}` : `${who} conflict`;
}

/** What the votes amount to together, and that the experts' word is no part of it. */
export function togetherWords({ weak, label }: Labeled): string | null {
  if (weak.votes.length === 0) return null;
  if (!weak.together) return 'They have not been weighed against each other yet.';
  const shares = weak.together.map((one) => `${formatShare(one.probability)} ${one.label_class.name}`);
  return `Together they make it ${shares.join(', ')}${label ? ', without the label above' : ''}.`;
}

/** Why a vote counts for nothing, if it does. */
export function voteStanding(vote: WeakVoteOut): string | null {
  if (vote.contradicts) return 'right less often than chance, counts for nothing';
  if (vote.estimate === null) return 'not weighed yet';
  return vote.counts ? null : 'counts for nothing';
}

export function silentWords({ silent }: SampleWeakOut): string | null {
  if (silent.length === 0) return null;
  const verb = silent.length === 1 ? 'says' : 'say';
  return `${new Intl.ListFormat('en').format(silent)} ${verb} nothing of it.`;
}
