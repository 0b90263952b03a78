"""The strategies as a round runs them: each takes from what is given what its function asks for."""

import numpy as np

from ml.arrays import Embeddings, Indices, Probabilities, Scores
from ml.strategies import badge as _badge
from ml.strategies import clusters as _clusters
from ml.strategies import contrastive as _contrastive
from ml.strategies import coverage, hard_negatives, scores, thresholds
from ml.strategies import k_center as _k_center
from ml.strategies import typicality as _typicality
from ml.strategies.dropout import dropout_disagreement
from ml.strategies.evidence import Evidence
from ml.strategies.neighbours import nearest
from ml.strategies.strategy import Need, Picking, Scoring, given


def margin(scoring: Scoring) -> Scores:
    return scores.margin(_probabilities(scoring))


def entropy(scoring: Scoring) -> Scores:
    return scores.entropy(_probabilities(scoring))


def least_confidence(scoring: Scoring) -> Scores:
    return scores.least_confidence(_probabilities(scoring))


def expected_cost(scoring: Scoring) -> Scores:
    return scores.expected_cost(_probabilities(scoring), _evidence(scoring).costs)


def bald(scoring: Scoring) -> Scores:
    return scores.bald(given(scoring.members, Need.ENSEMBLE))


def class_uncertainty(scoring: Scoring) -> Scores:
    return scores.class_uncertainty(_probabilities(scoring), _target(scoring))


def class_threshold(scoring: Scoring) -> Scores:
    evidence, target = _evidence(scoring), _target(scoring)
    known = given(evidence.head, Need.HEAD).probabilities(evidence.embeddings)
    leads = thresholds.class_lead(known, target)
    threshold = thresholds.class_threshold(leads, np.asarray(evidence.labels == target, np.int64))
    return thresholds.near_threshold(_probabilities(scoring), target, threshold)


def rare_class(scoring: Scoring) -> Scores:
    return scores.rare_class_score(_probabilities(scoring), _target(scoring))


def neighbours(scoring: Scoring) -> Scores:
    """SEALS (Coleman et al., 2022): the likeness to the nearest label of the class. Narrow with it, then choose."""
    evidence = _evidence(scoring)
    return nearest(_embeddings(scoring), evidence.embeddings[evidence.of_class(_target(scoring))])[1]


def contrastive(scoring: Scoring) -> Scores:
    return _contrastive.contrastive(_probabilities(scoring), _embeddings(scoring))


def dropout(scoring: Scoring) -> Scores:
    return dropout_disagreement(_embeddings(scoring), given(_evidence(scoring).head, Need.HEAD), scoring.rng)


def contradicted(scoring: Scoring) -> Scores:
    evidence = _evidence(scoring)
    return hard_negatives.contradicted(
        _probabilities(scoring),
        _target(scoring),
        _embeddings(scoring),
        evidence.embeddings,
        evidence.labels,
        scoring.members,
    )


def look_alike(scoring: Scoring) -> Scores:
    evidence, target = _evidence(scoring), _target(scoring)
    mistakes = evidence.embeddings[evidence.mistaken_for(target)]
    return hard_negatives.look_alike(_probabilities(scoring), target, _embeddings(scoring), mistakes)


def outlying(scoring: Scoring) -> Scores:
    return hard_negatives.outlying(_probabilities(scoring), _embeddings(scoring), _evidence(scoring).embeddings)


def uniform(scoring: Scoring) -> Scores:
    return scores.uniform(scoring.n, scoring.rng)


def nearest_of_target(scoring: Scoring) -> Indices:
    return _nearest_among(scoring, _evidence(scoring).of_class(_target(scoring)))


def nearest_of_others(scoring: Scoring) -> Indices:
    return _nearest_among(scoring, np.flatnonzero(_evidence(scoring).labels != _target(scoring)))


def nearest_mistake(scoring: Scoring) -> Indices:
    return _nearest_among(scoring, _evidence(scoring).mistaken_for(_target(scoring)))


def nearest_labeled(scoring: Scoring) -> Indices:
    return _nearest_among(scoring, np.arange(len(_evidence(scoring).ids)))


def k_center(picking: Picking) -> tuple[Indices, Scores]:
    return _k_center.k_center(_picked_from(picking), picking.size, centres=picking.labeled)


def typicality(picking: Picking) -> tuple[Indices, Scores]:
    return _typicality.typicality(_picked_from(picking), picking.size, rng=picking.rng, labeled=picking.labeled)


def probcover(picking: Picking) -> tuple[Indices, Scores]:
    classes = 2 if picking.probabilities is None else picking.probabilities.shape[1]
    return coverage.probcover(
        _picked_from(picking), picking.size, rng=picking.rng, labeled=picking.labeled, n_classes=classes
    )


def badge(picking: Picking) -> tuple[Indices, Scores]:
    probabilities = given(picking.probabilities, Need.PROBABILITIES)
    return _badge.badge(_picked_from(picking), probabilities, picking.size, rng=picking.rng)


def clusters(picking: Picking) -> tuple[Indices, Scores]:
    return _clusters.round_robin(_picked_from(picking), picking.size, rng=picking.rng)


def centroids(picking: Picking) -> tuple[Indices, Scores]:
    return _clusters.centroids(_picked_from(picking), picking.size, rng=picking.rng)


def _nearest_among(scoring: Scoring, rows: Indices) -> Indices:
    return hard_negatives.nearest_among(_embeddings(scoring), _evidence(scoring).embeddings, rows)


def _probabilities(scoring: Scoring) -> Probabilities:
    return given(scoring.probabilities, Need.PROBABILITIES)


def _embeddings(scoring: Scoring) -> Embeddings:
    return given(scoring.embeddings, Need.EMBEDDINGS)


def _picked_from(picking: Picking) -> Embeddings:
    return given(picking.embeddings, Need.EMBEDDINGS)


def _evidence(scoring: Scoring) -> Evidence:
    return given(scoring.evidence, Need.LABELS)


def _target(scoring: Scoring) -> int:
    return given(scoring.target, Need.TARGET_CLASS)
