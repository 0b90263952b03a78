"""Labels that may be wrong: those that models which have not learned from them speak against."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from heedful.pool.models import Sample
from heedful.quality.services import LabeledSample, asked_again, labeled_samples
from heedful.registry.models import ModelVersion
from ml.arrays import Probabilities
from ml.evaluation.mistakes import suspected
from ml.progress import Progress
from ml.training.head import HeadConfig
from ml.training.splits import fewest_groups_of_a_class, stratified_group_folds
from workers.judged import Judged, embedded
from workers.labeled import groups_of, labels_of
from workers.samples import named
from workers.terms import Terms, learn_head

MOST_SUSPECTED = 48
MOST_CHECKED = 4000
FOLDS = 5


def doubted_labels(model: ModelVersion, gold: Judged, on_progress: Progress) -> dict[str, Any]:
    """`suspected`, `checked` and `unchecked` of the report: of gold as it was judged, and of the pool's labels by
    heads that have not learned from them."""
    pool = labeled_samples(project_id=model.project_id, role=Sample.Role.POOL)
    rng = np.random.default_rng(model.run.seed)
    checked = [pool[row] for row in np.sort(rng.permutation(len(pool))[:MOST_CHECKED])]
    parts, unchecked = [(gold.samples, gold.probabilities)], ""
    if not checked:
        unchecked = "The pool has no labels."
    elif fewest_groups_of_a_class(labels_of(checked), groups_of(checked)) < FOLDS:
        unchecked = f"Labels of the pool are checked once each class has {FOLDS} of them, in groups of their own."
    else:
        parts.append((checked, _held_out(model, checked, rng, on_progress)))
        if len(checked) < len(pool):
            unchecked = f"{len(checked):,} labels of the pool, drawn by chance of {len(pool):,}, were checked."
    # Each by itself: how sure a model is of a label that is right differs between the two.
    found = [(labeled[row], said[row]) for labeled, said in parts for row in suspected(said, labels_of(labeled))]
    found = sorted(found, key=lambda one: float(one[1][one[0].position]))[:MOST_SUSPECTED]
    samples = Sample.objects.in_bulk([one.sample_id for one, _ in found])
    may_ask = set(asked_again(model.project_id).filter(pk__in=samples).values_list("pk", flat=True))
    return {
        "suspected": [
            {
                **named(samples[one.sample_id]),
                "label": one.position,
                "of_label": float(said[one.position]),
                "suggested": int(said.argmax()),
                "probability": float(said.max()),
                "may_ask": one.sample_id in may_ask,
            }
            for one, said in found
        ],
        "checked": sum(len(labeled) for labeled, _ in parts),
        "unchecked": unchecked,
    }


def _held_out(
    model: ModelVersion, pool: Sequence[LabeledSample], rng: np.random.Generator, on_progress: Progress
) -> Probabilities:
    """What heads say of the labels that they have not learned from."""
    terms = Terms.of(model.run)
    embeddings = embedded(model, list(pool))
    fold = stratified_group_folds(labels_of(pool), groups_of(pool), FOLDS, rng)
    out = np.empty((len(pool), len(terms.costs)), np.float32)
    for number in range(FOLDS):
        inside = fold == number
        # As sure as any: whether they are is what is asked.
        known = [replace(pool[row], sureness=1.0) for row in np.flatnonzero(~inside)]
        learned = learn_head(embeddings[~inside], known, terms, config=HeadConfig(), rng=rng)
        out[inside] = learned.head.probabilities(embeddings[inside])
        on_progress(number + 1, FOLDS)
    return out
