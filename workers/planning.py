"""Who answers each sample of a round, and how often: by value per dollar.

The strategies say which samples are worth asking about; here each gets the tier and the number of answers that save
most for their price. Labels that are not sure enough come first, then gold is mixed in unseen, and a random share goes
out blind.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from heedful.acquisition.choices import ChosenSample
from heedful.acquisition.models import ASK_AGAIN, QueryRound
from heedful.budgets.models import Budget
from heedful.budgets.rates import AskableTier, askable_tiers
from heedful.budgets.services import fitting
from heedful.pool.models import Sample
from heedful.projects.models import Project
from heedful.quality.models import Label
from heedful.quality.services import asked_again
from ml.arrays import Costs, Indices
from ml.consensus.answers import Matrix
from ml.consensus.crowd import activelab_applies, relabel_scores
from ml.consensus.dawid_skene import UNKNOWN
from ml.consensus.options import STOP
from ml.consensus.options import AskableTier as Asked
from ml.consensus.routing import Plan, going_rate, plan_answers
from workers.weighing import Weighed, confusions, weigh

# Of a round, so much at most asks again about what has been answered.
AGAIN_SHARE = 0.5
# The answers that one sample may get from a tier at once: each more multiplies what there is to work out.
MOST_AT_ONCE = 3
# ActiveLab asks again from here on, 0..1: its score is 1 for a label that annotators and model speak against.
DOUBT = 0.75
# So many of the most doubtful labels are weighed up, however many there are.
SHORTLIST = 300

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Market:
    """What answers cost and are worth in a project now. leverage: how many decisions rest on one settled label."""

    tiers: list[AskableTier]
    asked: list[Asked]
    costs: Costs
    leverage: float
    weighed: Weighed | None


def market(project: Project) -> Market:
    tiers, weighed = _with_room(project.pk, askable_tiers(project.pk)), weigh(project)
    rows = {tier.pk: tier for tier in project.tiers.all()}
    found = confusions(project, [rows[tier.tier_id] for tier in tiers], weighed)
    return Market(
        tiers=tiers,
        asked=[
            Asked(confusion, float(tier.price), min(tier.people, MOST_AT_ONCE))
            for tier, confusion in zip(tiers, found, strict=True)
        ],
        costs=_costs_of_labels(np.array(project.decision_costs(), np.float64)),
        leverage=_leverage(project),
        weighed=weighed,
    )


def _with_room(project_id: int, tiers: list[AskableTier]) -> list[AskableTier]:
    """The tiers whose limits leave money for an answer; all where none does, which is for the reservation to refuse."""
    return [one for one in tiers if fitting(project_id=project_id, prices=[(one.tier_id, one.price)])] or tiers


def _costs_of_labels(costs: Costs) -> Costs:
    """What a wrong label costs by what it makes the model do: one that calls a common sample rare teaches as wrong a
    border between the two as one that overlooks a rare sample, so the dearer mistake counts both ways."""
    return np.asarray(np.maximum(costs, costs.T))


def _leverage(project: Project) -> float:
    """The decisions of a year, or of the pool if nobody has said, shared by the labels that they will rest on."""
    decisions = project.yearly_volume or project.samples.count()
    labels = Label.objects.filter(sample__project=project, sample__role=Sample.Role.POOL).count()
    return max(decisions / max(labels, project.round_size), 1.0)


def routed(
    query_round: QueryRound, choose: Callable[[int], Sequence[ChosenSample]]
) -> tuple[list[ChosenSample], Mapping[str, object]]:
    """What is worth asking again, then so many new choices as the round has places left, each with who answers it; and
    what that is expected to save."""
    project = query_round.project
    there = market(project)
    fresh = choose(query_round.size)
    rate = _going_rate(project, there, fresh)
    again = _again(project, there, rate, most=int(query_round.size * AGAIN_SHARE))
    if again:
        fresh = choose(query_round.size - len(again))
    # A round costs no more than if the dearest tier answered each of its samples once: more answers for some are paid
    # by what is saved on others.
    left = min(
        float(Budget.objects.get(project=project).left),
        max(float(tier.price) for tier in there.tiers) * query_round.size,
    )
    spent = sum(float(_price(there, one)) for one in again)
    plan = plan_answers(
        _beliefs(there, fresh),
        there.costs,
        there.asked,
        leverage=there.leverage,
        dearness=rate,
        limit=max(left - spent, 0.0),
        # The strategies chose them for what the model learns from them, which is more than their own label.
        required=np.ones(len(fresh), bool),
    )
    summary = {
        "leverage": there.leverage,
        "dearness": plan.dearness,
        "expected_price": float(plan.price.sum()) + spent,
        "risk_before": float(plan.risk_before.sum()),
        "risk_after": float(plan.risk_after.sum()),
    }
    return [*again, *_assigned(there, fresh, plan)], summary


def _going_rate(project: Project, there: Market, choices: Sequence[ChosenSample]) -> float:
    """What a unit of money is to save: as much as it saves by asking about another such sample, unless there is money
    for all of the pool; then as little as lets it be spent evenly on all of it."""
    beliefs = _beliefs(there, choices)
    elsewhere = going_rate(beliefs, there.costs, there.asked, leverage=there.leverage)
    share = len(choices) / max(project.samples.candidates().count(), 1)
    evenly = plan_answers(
        beliefs,
        there.costs,
        there.asked,
        leverage=there.leverage,
        limit=float(Budget.objects.get(project=project).left) * min(share, 1.0),
        required=np.ones(len(choices), bool),
    )
    return min(elsewhere, evenly.dearness)


def _assigned(there: Market, choices: Sequence[ChosenSample], plan: Plan) -> list[ChosenSample]:
    """Without the samples that the money does not reach."""
    assigned = []
    for choice, chosen in zip(choices, plan.chosen.tolist(), strict=True):
        option = plan.options[chosen]
        if option.first != STOP:
            assigned.append(replace(choice, tier_id=there.tiers[option.first].tier_id, answers=option.times))
    return assigned


def _price(there: Market, choice: ChosenSample) -> float:
    return next(float(tier.price) for tier in there.tiers if tier.tier_id == choice.tier_id) * choice.answers


def _beliefs(there: Market, choices: Sequence[ChosenSample]) -> Matrix:
    """(n, c): what the model says of each, as far as the answers so far found it to deserve trust; without a model,
    how frequent the classes are."""
    n_classes = len(there.costs)
    usual = _frequencies(there.weighed, n_classes)
    trust = there.weighed.truth.trust if there.weighed else 1.0
    rows = [usual if one.probabilities is None else _tempered(one.probabilities, trust) for one in choices]
    return np.array(rows, np.float64).reshape(len(choices), n_classes)


def _tempered(probabilities: Sequence[float], trust: float) -> Matrix:
    sharpened = np.maximum(np.array(probabilities, np.float64), 1e-6) ** trust
    return np.asarray(sharpened / sharpened.sum())


def _frequencies(weighed: Weighed | None, n_classes: int) -> Matrix:
    counts = np.ones(n_classes)
    if weighed is not None:
        counts += weighed.truth.posterior.sum(axis=0)
    return np.asarray(counts / counts.sum())


def _again(project: Project, there: Market, rate: float, *, most: int) -> list[ChosenSample]:
    """Labels of the pool that are worth another answer, best value first."""
    weighed = there.weighed
    if weighed is None or most < 1:
        return []
    by_model = _doubted_by_model(weighed, most)
    places = _shortlist(project, weighed, by_model)
    heard = _heard(there, weighed)
    # One expert's word agrees with itself: the bar is for several answers, or for those of cheaper tiers.
    several = weighed.answers.votes().sum(axis=1) > 1
    unsure = (weighed.settled.quality < project.agreement_bar) & (several | ~heard)
    plan = plan_answers(
        weighed.truth.posterior[places],
        there.costs,
        there.asked,
        leverage=there.leverage,
        dearness=rate,
        received=_received(there, weighed)[places],
        required=unsure[places],
    )
    # Below the bar an answer more is wanted in any case. Above it, where it saves more than it costs and the dearest
    # tier has not spoken, or ActiveLab doubts what it said: a rare class that is dear to miss may be worth an expert
    # though the others are nearly sure, but an expert's word on another sample is worth more than a second on this.
    wanted = (plan.tier() != STOP) & (unsure | ~heard | by_model)[places]
    value = _value(plan, kept=_risk_of_labels(there, weighed)[places])
    best = [one for one in np.argsort(-value, kind="stable") if wanted[one]][:most]
    return [_asked_again(there, weighed, int(places[one]), int(plan.tier()[one])) for one in best]


def _shortlist(project: Project, weighed: Weighed, by_model: Flags) -> Indices:
    """The places of what may be asked again, the most doubtful first: not certain, and not being asked about."""
    open_ids = set(asked_again(project.pk).filter(pk__in=weighed.sample_ids).values_list("pk", flat=True))
    is_open = np.array([sample_id in open_ids for sample_id in weighed.sample_ids]) & (weighed.known == UNKNOWN)
    doubt = 1 - weighed.settled.quality + by_model
    return np.asarray([place for place in np.argsort(-doubt, kind="stable") if is_open[place]][:SHORTLIST], np.int64)


def _risk_of_labels(there: Market, weighed: Weighed) -> Matrix:
    """(n_samples,): what it is expected to cost to leave the labels as they are."""
    risks = weighed.truth.posterior @ there.costs * there.leverage
    return np.asarray(np.take_along_axis(risks, weighed.settled.classes[:, None], axis=1)[:, 0])


def _value(plan: Plan, *, kept: Matrix) -> Matrix:
    """(n,): what the answers save of the risk `kept` without them, per unit of money."""
    saved = kept - plan.risk_after
    return np.asarray(np.divide(saved, plan.price, out=np.zeros_like(saved), where=plan.price > 0))


def _received(there: Market, weighed: Weighed) -> Indices:
    """(n_samples, n_tiers): how many of each tier have answered a sample already; nobody is asked twice."""
    place = {tier.tier_id: number for number, tier in enumerate(there.tiers)}
    received = np.zeros((len(weighed.sample_ids), len(there.tiers)), np.int64)
    for one, sample in zip(weighed.given, weighed.answers.sample.tolist(), strict=True):
        if one.tier_id in place:
            received[sample, place[one.tier_id]] += 1
    # A tier with more people than it may be asked for at once has room as long as somebody has not answered.
    spare = np.array([max(tier.people - MOST_AT_ONCE, 0) for tier in there.tiers], np.int64)
    return np.asarray(np.maximum(received - spare, 0))


def _heard(there: Market, weighed: Weighed) -> Flags:
    """(n_samples,): whether somebody of the dearest tier has answered."""
    dearest = max(there.tiers, key=lambda tier: tier.price).tier_id
    heard = np.zeros(len(weighed.sample_ids), bool)
    spoke = np.array([one.tier_id == dearest for one in weighed.given])
    heard[weighed.answers.sample[spoke]] = True
    return heard


def _doubted_by_model(weighed: Weighed, most: int) -> Flags:
    """(n_samples,): the labels that ActiveLab would ask about first; none without a model's opinion."""
    doubted = np.zeros(len(weighed.sample_ids), bool)
    if weighed.probabilities is None or not activelab_applies(weighed.answers):
        return doubted
    scores = relabel_scores(weighed.answers, weighed.probabilities)
    doubted[np.argsort(-scores, kind="stable")[:most]] = True
    return np.asarray(doubted & (scores > DOUBT))


def _asked_again(there: Market, weighed: Weighed, place: int, chosen: int) -> ChosenSample:
    sureness = float(weighed.settled.quality[place])
    answers = int(weighed.answers.votes()[place].sum())
    said = "1 answer" if answers == 1 else f"{answers} answers"
    return ChosenSample(
        sample_id=weighed.sample_ids[place],
        strategy=ASK_AGAIN,
        score=1 - sureness,
        selection_probability=1.0,
        reason=f"Asked again: after {said}, its label is {sureness:.0%} sure.",
        probabilities=None if weighed.probabilities is None else weighed.probabilities[place].tolist(),
        tier_id=there.tiers[chosen].tier_id,
    )
