"""Consensus with a model's opinion in it, and labels worth asking about again: cleanlab's methods on our arrays.

cleanlab is imported where it is called: with pandas and scikit-learn it takes a second.
"""

import contextlib
import io

import numpy as np

from ml.arrays import Probabilities, Scores
from ml.consensus.answers import Answers, Consensus, Matrix, consensus
from ml.errors import require_finite


def crowdlab_applies(answers: Answers) -> bool:
    """Every sample has an answer, two annotators agree on one at least, and there are classes to tell apart."""
    votes = answers.votes()
    return bool(answers.n_classes > 1 and votes.sum(axis=1).min(initial=1) > 0 and votes.max(initial=0) > 1)


def crowdlab(answers: Answers, probabilities: Probabilities) -> Consensus:
    """What most annotators say, on a tie the likelier to the model; quality weighs in how good each annotator and the
    model have shown to be (CROWDLAB; Goh et al., 2022).

    (n_samples, n_classes) probabilities of a model that did not learn from these answers, or held them out. Raises
    ValueError where `crowdlab_applies` does not. Time and memory: n_samples x n_annotators.
    """
    from cleanlab.multiannotator import get_label_quality_multiannotator

    require_finite("probabilities", probabilities)
    if not crowdlab_applies(answers):
        raise ValueError("CROWDLAB needs an answer for every sample, and two alike for one at least.")
    found = get_label_quality_multiannotator(
        _table(answers),
        np.asarray(probabilities, np.float64),
        return_detailed_quality=False,
        return_annotator_stats=False,
        verbose=False,
    )["label_quality"]
    quality = found["consensus_quality_score"].to_numpy(np.float64)
    return consensus(answers, found["consensus_label"].to_numpy(np.int64), quality)


def relabel_scores(answers: Answers, probabilities: Probabilities) -> Scores:
    """(n_samples,) 0..1: higher = more worth another answer (ActiveLab; Goh & Mueller, 2023).

    cleanlab's own score runs the other way. Raises ValueError for a sample without an answer, and where several
    answered but never alike.
    """
    from cleanlab.multiannotator import get_active_learning_scores

    require_finite("probabilities", probabilities)
    several = answers.votes().sum(axis=1)
    if several.min(initial=1) < 1 or (several.max(initial=0) > 1 and not crowdlab_applies(answers)):
        raise ValueError("ActiveLab asks again about samples that have an answer, and some of them two alike.")
    # It prints, and cannot be asked not to.
    with contextlib.redirect_stdout(io.StringIO()):
        scores, _ = get_active_learning_scores(_table(answers), np.asarray(probabilities, np.float64))
    return np.asarray(1 - scores, np.float64)


def _table(answers: Answers) -> Matrix:
    """Annotators without an answer left out: cleanlab refuses them."""
    table = answers.table()
    return np.asarray(table[:, ~np.isnan(table).all(axis=0)])
