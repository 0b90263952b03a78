"""Stage two: from candidates to the choices of one round.

The control is drawn first, uniformly from the whole pool, so its chance is the same for every sample. Then
each slot in turn takes its places from what is left, so no sample is chosen twice.
"""

from dataclasses import dataclass, replace

import numpy as np

from ml.arrays import Indices, Scores
from ml.strategies.candidates import Candidates, taken
from ml.strategies.catalogue import find
from ml.strategies.neighbours import nearest
from ml.strategies.plan import CONTROL, QueryPlan, Slot
from ml.strategies.reasons import reason
from ml.strategies.sentences import Neighbour
from ml.strategies.strategy import Explanation, Need, Picking, Scoring, Strategy
from ml.strategies.top import TopM


@dataclass(frozen=True, slots=True)
class Choice:
    """row: in the candidates. rank: 1 = send first. score: of the slot's first strategy, higher = more
    worth a label.

    selection_probability: of the draw that took it, given the scores: 1 for a slot that ranks, places /
    eligible for the control. A sample that the slots would have taken anyway can also be drawn as control;
    weigh by the control rows alone for an estimate about the pool. places: of its slot, which the reason may tell.
    neighbour: the labeled sample that the reason names, if it names one.
    """

    sample_id: int
    row: int
    slot: str
    strategy: str
    target: int | None
    explanation: Explanation
    score: float
    rank: int
    selection_probability: float
    reason: str
    places: int
    neighbour: Neighbour | None = None


def select(candidates: Candidates, plan: QueryPlan, *, size: int, rng: np.random.Generator) -> list[Choice]:
    """Exactly min(size, n) choices, by rank; the same candidates and seed give the same choices.

    Slots are interleaved in rank, so that the first answers already serve every slot.
    """
    n_control, places = plan.places(min(size, len(candidates.ids)))
    parts = [_control(candidates, n_control, rng)]
    left = np.ones(len(candidates.ids), bool)
    left[[choice.row for choice in parts[0]]] = False
    for slot, wanted in zip(plan.slots, places, strict=True):
        part = _fill(candidates, slot, wanted, plan.oversample, np.flatnonzero(left), rng)
        left[[choice.row for choice in part]] = False
        parts.append(part)
    return _interleaved(parts)


def _control(candidates: Candidates, places: int, rng: np.random.Generator) -> list[Choice]:
    keys = rng.random(len(candidates.ids))
    if candidates.control_ids is None:
        rows, eligible = np.argsort(-keys, kind="stable")[:places], len(candidates.ids)
    else:
        rows = candidates.rows_of(candidates.control_ids[:places])
        eligible = candidates.eligible
    slot = Slot(CONTROL, ("uniform",), 1.0)
    return _choices(candidates, slot, rows, keys[rows], probability=places / eligible if places else 0.0)


def _fill(
    candidates: Candidates, slot: Slot, places: int, oversample: int, left: Indices, rng: np.random.Generator
) -> list[Choice]:
    """Run the slot's chain on the rows that are left; the score kept is the first strategy's."""
    if places == 0:
        return []
    *narrowing, last = slot.strategies
    rows = left
    score_of: dict[int, float] = {}
    for name in narrowing:
        rows, scores = _best(candidates, name, slot, rows, places * oversample, rng)
        score_of = score_of or dict(zip(rows.tolist(), scores.tolist(), strict=True))
    rows, scores = _best(candidates, last, slot, rows, places, rng)
    kept = [score_of[row] for row in rows.tolist()] if score_of else scores.tolist()
    return _choices(candidates, slot, rows, np.array(kept), probability=1.0)


def _best(
    candidates: Candidates, name: str, slot: Slot, rows: Indices, keep: int, rng: np.random.Generator
) -> tuple[Indices, Scores]:
    """The best `keep` of the rows by one strategy, best first; on a tie of scores the lower sample id."""
    strategy = find(name)
    if strategy.pick is not None:
        picking = Picking(
            size=keep,
            embeddings=taken(candidates.embeddings, rows),
            labeled=candidates.labeled,
            rng=rng,
            probabilities=taken(candidates.probabilities, rows),
            target=slot.target,
        )
        picked, scores = strategy.pick(picking)
        return rows[picked], scores
    top = TopM(keep)
    top.add(candidates.ids[rows], strategy.scores(_scoring(candidates, strategy, slot, rows, rng)))
    ids, scores = top.result()
    return candidates.rows_of(ids), scores


def _scoring(
    candidates: Candidates, strategy: Strategy, slot: Slot, rows: Indices, rng: np.random.Generator
) -> Scoring:
    embeddings = taken(candidates.embeddings, rows)
    ensemble = candidates.evidence.ensemble if candidates.evidence else None
    wanted = Need.ENSEMBLE in strategy.needs | strategy.uses
    return Scoring(
        n=len(rows),
        probabilities=taken(candidates.probabilities, rows),
        target=slot.target,
        rng=rng,
        embeddings=embeddings,
        evidence=candidates.evidence,
        members=ensemble.probabilities(embeddings) if ensemble and wanted and embeddings is not None else None,
    )


def _choices(candidates: Candidates, slot: Slot, rows: Indices, scores: Scores, *, probability: float) -> list[Choice]:
    strategy = slot.chain[0]
    neighbours = _neighbours(candidates, slot, rows)
    return [
        Choice(
            sample_id=int(candidates.ids[row]),
            row=int(row),
            slot=slot.name,
            strategy=strategy.name,
            target=slot.target,
            explanation=Explanation.ENERGY if candidates.probabilities is None else strategy.explanation,
            score=float(score),
            rank=place,
            selection_probability=probability,
            reason=reason(
                strategy.name,
                probabilities=None if candidates.probabilities is None else candidates.probabilities[row],
                classes=candidates.classes,
                target=slot.target,
                size=len(rows),
                score=float(score),
                neighbour=neighbour,
            ),
            places=len(rows),
            neighbour=neighbour,
        )
        for place, (row, score, neighbour) in enumerate(
            zip(rows.tolist(), scores.tolist(), neighbours, strict=True), start=1
        )
    ]


def _neighbours(candidates: Candidates, slot: Slot, rows: Indices) -> list[Neighbour | None]:
    """The labeled sample that each choice's reason names; None where the slot's first strategy names none."""
    first, evidence = slot.chain[0], candidates.evidence
    if first.betray is None or evidence is None or candidates.embeddings is None or not len(rows):
        return [None] * len(rows)
    # Which one betrays a sample is not drawn by chance.
    scoring = _scoring(candidates, first, slot, rows, np.random.default_rng(0))
    betrayers = first.betray(scoring)
    points = candidates.embeddings[rows]
    return [
        Neighbour(
            sample_id=int(evidence.ids[other]),
            name=evidence.names[other] if len(evidence.names) else f"sample {evidence.ids[other]}",
            label=int(evidence.labels[other]),
            likeness=float(nearest(points[place : place + 1], evidence.embeddings[other : other + 1])[1][0]),
        )
        for place, other in enumerate(betrayers.tolist())
    ]


def _interleaved(parts: list[list[Choice]]) -> list[Choice]:
    """Every slot spread evenly over the ranks."""
    spread = [((choice.rank - 0.5) / len(part), number, choice) for number, part in enumerate(parts) for choice in part]
    spread.sort(key=lambda entry: entry[:2])
    return [replace(choice, rank=rank) for rank, (_, _, choice) in enumerate(spread, start=1)]
