"""Stage one of a selection: the pool streams by a shard at a time, and only what stage two could choose is
kept.

For each slot that begins with a score: the exact top of the pool. For the control: a uniform draw. What
remains is a few hundred ids, whose embeddings the caller then fetches; stage two costs the same however
large the pool is.
"""

import numpy as np

from ml.arrays import Embeddings, Indices, Probabilities
from ml.strategies.catalogue import STRATEGIES
from ml.strategies.evidence import Evidence
from ml.strategies.plan import QueryPlan, Slot
from ml.strategies.strategy import Need, Scoring
from ml.strategies.top import TopM

PICK_POOL = 20_000
"""A slot that begins with k-means or k-center sees a uniform draw of this many samples of the pool."""


class Shortlist:
    """Feed every shard once with `add`, then read `ids` and `control_ids`. O(size x oversample) memory a
    slot.
    """

    def __init__(self, plan: QueryPlan, *, size: int, evidence: Evidence | None = None) -> None:
        self._plan = plan
        self._evidence = evidence
        self._streaming = [slot.chain[0] if slot.chain[0].score else STRATEGIES["uniform"] for slot in plan.slots]
        self._control_places, slot_places = plan.places(size)
        self._control = TopM(self._control_places)
        # Other slots and the control may take a slot's best, so each keeps enough for all of them to do so.
        self._tops = [
            TopM(_kept(slot, places, plan) + size) for slot, places in zip(plan.slots, slot_places, strict=True)
        ]
        self.eligible = 0

    @property
    def needs_embeddings(self) -> bool:
        """Whether a shard has to come with its embeddings."""
        return any(not one.needs.isdisjoint({Need.EMBEDDINGS, Need.ENSEMBLE}) for one in self._streaming)

    def add(
        self,
        ids: Indices,
        probabilities: Probabilities | None,
        rng: np.random.Generator,
        embeddings: Embeddings | None = None,
    ) -> None:
        """One shard's samples that are neither labeled, queued nor gold. Give each shard a generator of its
        own seed.
        """
        self.eligible += len(ids)
        self._control.add(ids, rng.random(len(ids)))
        members = self._members(embeddings)
        for slot, first, top in zip(self._plan.slots, self._streaming, self._tops, strict=True):
            scoring = Scoring(len(ids), probabilities, slot.target, rng, embeddings, self._evidence, members)
            top.add(ids, first.scores(scoring))

    def _members(self, embeddings: Embeddings | None) -> Probabilities | None:
        """What the ensemble says, if a slot asks for it."""
        wanted = any(Need.ENSEMBLE in one.needs | one.uses for one in self._streaming)
        if not wanted or embeddings is None or self._evidence is None or self._evidence.ensemble is None:
            return None
        return self._evidence.ensemble.probabilities(embeddings)

    @property
    def control_ids(self) -> Indices:
        """A uniform draw from all that was added."""
        return self._control.result()[0]

    @property
    def ids(self) -> Indices:
        """Every sample that stage two could choose, in ascending order."""
        parts = [self.control_ids, *(top.result()[0] for top in self._tops)]
        return np.unique(np.concatenate(parts))


def _kept(slot: Slot, places: int, plan: QueryPlan) -> int:
    if slot.chain[0].score is None:
        return PICK_POOL
    return places * (plan.oversample if len(slot.strategies) > 1 else 1)
