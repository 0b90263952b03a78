"""cleanlab: ActiveLab over the unlabeled samples, one annotator having answered each labeled one."""

from typing import Any

import numpy as np
from cleanlab.multiannotator import get_active_learning_scores

from benchmarks.savings.peers.question import Methods, Question


def active_lab(question: Question) -> Any:
    _, scores = get_active_learning_scores(
        labels_multiannotator=question.labels[:, None].astype(float),
        pred_probs=question.probabilities[question.labeled],
        pred_probs_unlabeled=question.probabilities[question.unlabeled],
    )
    return question.unlabeled[np.argsort(scores, kind="stable")[: question.size]]


METHODS: Methods = {"ActiveLab": active_lab}
