"""Who answers a sample, and how often: as much certainty as the money can buy.

A settled label that is wrong costs what the misclassification costs say, times the decisions that will follow it. An
answer lowers that risk by as much as its tier's confusion allows, and has a price. The ways to ask are few (a tier once
or more, then a dearer one where that leaves doubt), so each is worked out exactly, over all that could be answered, and
each sample gets the one that saves most (expected value of information; Howard, 1966; for annotators Sheng et al.,
2008). Answers are taken to err independently, given the class: annotators who share a blind spot are worth less.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Costs, Indices
from ml.consensus.answers import Matrix
from ml.consensus.options import AskableTier, Option, Outlook, outlooks
from ml.errors import require_finite

_DEAREST = 1e12
_BISECTIONS = 8
# Each step of the going rate gains digits: a handful is enough.
_STEPS = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """Arrays over samples. chosen: which of `options`. price: expected money. risk_before, risk_after: expected cost of
    a wrong label without and with the answers, times the leverage. dearness: what a unit of money has to save; above 1
    where a limit binds, and then further answers are only asked for as planned with leverage / dearness."""

    dearness: float
    options: tuple[Option, ...]
    chosen: Indices
    price: Matrix
    risk_before: Matrix
    risk_after: Matrix

    def tier(self) -> Indices:
        """(n,): whom to ask first, STOP for nobody."""
        return np.array([option.first for option in self.options], np.int64)[self.chosen]


def plan_answers(
    prior: Matrix,
    costs: Costs,
    tiers: Sequence[AskableTier],
    *,
    leverage: float = 1.0,
    dearness: float = 1.0,
    limit: float | None = None,
    required: npt.NDArray[np.bool_] | None = None,
    received: Indices | None = None,
) -> Plan:
    """(n, c) what is believed of each sample before it is asked about -> who is to answer it.

    costs[true, called], in the unit of the prices. leverage: how many decisions, each as dear as the costs say, rest
    on one settled label: 1 if it decides about its own sample and no more; as training data it informs those of every
    later sample like it, so that yearly volume / labels in training is a fair guess. A sample is asked about only while
    an answer saves more than it costs, times `dearness`: what the money would save elsewhere, as `going_rate` finds it.
    `required` (n,) ones, such as a random control, get one answer at least.
    received: (n, tiers) answers that samples already have, which count towards a tier's most.

    limit: of the expected money for all samples together; when it binds, money is made dearer until the plan fits, so
    that every part of it saves as much per money as any (Lagrangian knapsack; Everett, 1963); what is then left goes
    to the best samples on the edge, on a tie the first. Raises NotFinite, and ValueError for rows that do not sum to 1.
    """
    found = outlooks(_checked(prior, "prior"), costs * leverage, tiers)
    allowed = _allowed(found, len(prior), tiers, received)
    if required is not None:
        allowed[required, 0] &= ~allowed[required, 1:].any(axis=1)
    return _chosen_within(found, allowed, dearness, limit)


def going_rate(prior: Matrix, costs: Costs, tiers: Sequence[AskableTier], *, leverage: float = 1.0) -> float:
    """What a unit of money saves, at best, where each of these samples is asked about: the greatest saving per price of
    any plan for all of them (Dinkelbach, 1967), at least 1. Terms as of `plan_answers`.

    Money has other uses, so a dearer answer that saves more than it costs is still dear if more samples, asked
    cheaply, save more of the same money.
    """
    found = outlooks(_checked(prior, "prior"), costs * leverage, tiers)
    allowed = _allowed(found, len(prior), tiers, None)
    allowed[:, 0] &= ~allowed[:, 1:].any(axis=1)
    rate = 1.0
    for _ in range(_STEPS):
        plan = _chosen(found, allowed, rate)
        price, saved = float(plan.price.sum()), float((plan.risk_before - plan.risk_after).sum())
        if saved <= price * rate * (1 + 1e-6):
            break
        rate = min(saved / price, _DEAREST) if price else _DEAREST
    return rate


def _checked(probabilities: Matrix, what: str) -> Matrix:
    require_finite(what, probabilities)
    if len(probabilities) and np.abs(probabilities.sum(axis=1) - 1).max() > 1e-3:
        raise ValueError(f"The rows of {what} must sum to 1.")
    return np.asarray(probabilities, np.float64)


def _allowed(
    found: Sequence[Outlook], n: int, tiers: Sequence[AskableTier], received: Indices | None
) -> npt.NDArray[np.bool_]:
    """(n, options) where no tier is asked more often than it may be. Asking nobody always is, and comes first."""
    had = np.zeros((n, len(tiers)), np.int64) if received is None else received
    left = np.array([tier.most for tier in tiers], np.int64) - had
    needed = [outlook.option.most(len(tiers)) for outlook in found]
    allowed = np.stack([(left >= most).all(axis=1) for most in needed], axis=1)
    allowed[:, 0] = True
    return allowed


def _chosen_within(
    found: Sequence[Outlook], allowed: npt.NDArray[np.bool_], dearness: float, limit: float | None
) -> Plan:
    wished = _chosen(found, allowed, dearness)
    if limit is None or wished.price.sum() <= limit:
        return wished
    low, high, kept = dearness, dearness, wished
    while kept.price.sum() > limit and high < _DEAREST:
        low, wished, high = high, kept, high * 2
        kept = _chosen(found, allowed, high)
    if kept.price.sum() > limit:  # not even the answers that are required can be paid for
        nobody = np.zeros_like(allowed)
        nobody[:, 0] = True
        return _filled(_chosen(found, nobody, high), kept, limit)
    for _ in range(_BISECTIONS):
        middle = float(np.sqrt(low * high))
        tried = _chosen(found, allowed, middle)
        if tried.price.sum() <= limit:
            high, kept = middle, tried
        else:
            low, wished = middle, tried
    return _filled(kept, wished, limit)


def _chosen(found: Sequence[Outlook], allowed: npt.NDArray[np.bool_], dearness: float) -> Plan:
    """The option of least price (times dearness) and risk for each sample; on a tie the first."""
    price, risk = (np.stack(values, axis=1) for values in zip(*(one.at(dearness) for one in found), strict=True))
    objective = np.where(allowed, dearness * price + risk, np.inf)
    # More than rounding must speak for asking at all.
    objective[:, 0] *= 1 - 1e-9
    chosen = objective.argmin(axis=1)
    rows = np.arange(len(chosen))
    options = tuple(one.option for one in found)
    return Plan(dearness, options, chosen, price[rows, chosen], risk[:, 0], risk[rows, chosen])


def _filled(kept: Plan, wished: Plan, limit: float) -> Plan:
    """`kept`, with what `wished` has for some samples where the money that is left pays for it: best value first."""
    more = wished.price - kept.price
    worth = np.divide(kept.risk_after - wished.risk_after, more, out=np.zeros_like(more), where=more > 0)
    takes = np.zeros(len(more), bool)
    spent = float(kept.price.sum())
    # In single precision what differs by rounding is a tie.
    for row in np.argsort(-worth.astype(np.float32), kind="stable"):
        if spent + more[row] <= limit:
            takes[row] = True
            spent += float(more[row])
    return Plan(
        kept.dearness,
        kept.options,
        np.where(takes, wished.chosen, kept.chosen),
        np.where(takes, wished.price, kept.price),
        kept.risk_before,
        np.where(takes, wished.risk_after, kept.risk_after),
    )
