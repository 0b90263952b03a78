"""Labels worth asking about again: cleanlab's ActiveLab on our arrays.

Its other method, CROWDLAB, does not settle labels here. It weighs annotators and model by how much better they are than
always naming the commonest class, which leaves nothing of an honest annotator where one class is rare
(`tests/ml/test_consensus_settle.py` holds the two against each other).

cleanlab is imported where it is called: with pandas and scikit-learn it takes a second.
"""

import contextlib
import io

import numpy as np

from ml.arrays import Probabilities, Scores
from ml.consensus.answers import Answers, Matrix
from ml.errors import require_finite


def activelab_applies(answers: Answers) -> bool:
    """Every sample has an answer; and where several answered any, two agree on one at least."""
    votes = answers.votes()
    several = bool(votes.sum(axis=1).max(initial=0) > 1)
    alike = bool(votes.max(initial=0) > 1)
    return answers.n_classes > 1 and bool(votes.sum(axis=1).min(initial=1) > 0) and (alike or not several)


def relabel_scores(answers: Answers, probabilities: Probabilities) -> Scores:
    """(n_samples,) 0..1: higher = more worth another answer (ActiveLab; Goh & Mueller, 2023).

    cleanlab's own score runs the other way. Raises ValueError where `activelab_applies` does not.
    """
    from cleanlab.multiannotator import get_active_learning_scores

    require_finite("probabilities", probabilities)
    if not activelab_applies(answers):
        raise ValueError("ActiveLab asks again about samples that have an answer, and some of them two alike.")
    # It prints, and cannot be asked not to.
    with contextlib.redirect_stdout(io.StringIO()):
        scores, _ = get_active_learning_scores(_table(answers), np.asarray(probabilities, np.float64))
    return np.asarray(1 - scores, np.float64)


def _table(answers: Answers) -> Matrix:
    """Annotators without an answer left out: cleanlab refuses them."""
    table = answers.table()
    return np.asarray(table[:, ~np.isnan(table).all(axis=0)])
