"""Who answers, and how often: by what it is worth for its price."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from heedful.acquisition.models import ASK_AGAIN, QueryRound
from heedful.acquisition.services import fill_round, mark_sent, open_round, round_sent
from heedful.budgets.limits import set_allowance
from heedful.budgets.models import Allowance, Budget
from heedful.budgets.services import top_up
from heedful.projects.models import MisclassificationCost, Project
from tests.factories import chosen, hear, know, make_pool, tier_of
from workers.planning import routed
from workers.unseen import partly_blind, with_honeypots

EXPERTS, WEAK = (1, 2, 3), (11, 12, 13, 14, 15)


@pytest.fixture
def staffed(project):
    """Experts at 1.00 who are right in 97%, weak annotators at 0.02 who are right in 80%; a pool of a hundred."""
    weak = tier_of(project, "weak", amount=Decimal("0.02"))
    project.tiers.filter(pk=weak.pk).update(claimed_accuracy=0.8)
    project.tiers.filter(kind="expert").update(claimed_accuracy=0.97)
    for person in EXPERTS:
        know(project, person)
    for person in WEAK:
        know(project, person, "weak")
    make_pool(project, size=100)
    return project


def opened(project, size=10):
    return open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=size, model_number=None)


def choices_of(project, probabilities):
    samples = project.samples.candidates().order_by("pk")[: len(probabilities)]
    return [replace(chosen(one), probabilities=list(p)) for one, p in zip(samples, probabilities, strict=True)]


def route(query_round, choices):
    """With the strategies' choices ready: so many are taken as there are places."""
    return routed(query_round, lambda size: choices[:size])


def tiers_of(project, choices):
    kinds = dict(project.tiers.values_list("pk", "kind"))
    return [kinds[choice.tier_id] for choice in choices]


def ask(project, choices):
    """Queue the choices as a round that has been sent."""
    query_round = opened(project, len(choices))
    fill_round(round_id=query_round.pk, strategy="by hand", choices=choices)
    items = list(query_round.items.order_by("rank"))
    mark_sent(item_ids=[item.pk for item in items])
    round_sent(round_id=query_round.pk)
    return items


def test_the_clear_ones_go_to_the_cheap_tier_and_where_much_is_at_stake_it_is_asked_more(staffed):
    clear, unsure = [0.999999, 0.000001], [0.5, 0.5]
    plan, outlook = route(opened(staffed), choices_of(staffed, [clear, unsure]))
    assert tiers_of(staffed, plan)[0] == "weak"
    assert plan[0].answers == 1
    assert plan[1].answers > 1 or tiers_of(staffed, plan)[1] == "expert"
    assert outlook["risk_after"] < outlook["risk_before"]


def dear(project) -> Project:
    """No error can be afforded, and ten thousand decisions rest on each label."""
    MisclassificationCost.objects.filter(project=project, amount=100).update(amount=Decimal(10_000))
    Project.objects.filter(pk=project.pk).update(yearly_volume=100_000)
    return Project.objects.get(pk=project.pk)


def test_with_money_for_all_of_the_pool_the_expert_answers_where_no_number_of_cheap_answers_is_enough(staffed):
    top_up(project_id=staffed.pk, amount=Decimal(500))
    plan, _ = route(opened(dear(staffed)), choices_of(staffed, [[0.5, 0.5]] * 4))
    assert set(tiers_of(staffed, plan)) == {"expert"}


def test_with_money_for_little_of_the_pool_the_cheap_answers_come_first_however_dear_an_error_is(staffed):
    Budget.objects.filter(project=staffed).update(limit=Decimal(2))
    plan, _ = route(opened(dear(staffed)), choices_of(staffed, [[0.5, 0.5]] * 4))
    assert tiers_of(staffed, plan) == ["weak"] * 4


def test_where_only_experts_can_be_asked_each_chosen_sample_is_asked_once(project):
    make_pool(project, size=20)
    plan, _ = route(opened(project, 3), choices_of(project, [[0.9, 0.1], [0.5, 0.5], [0.1, 0.9]]))
    assert [(choice.answers, kind) for choice, kind in zip(plan, tiers_of(project, plan), strict=True)] == [
        (1, "expert")
    ] * 3


def test_a_disputed_label_is_asked_again_and_by_nobody_twice(staffed):
    weak = tier_of(staffed, "weak").pk
    first, *_ = ask(staffed, [replace(chosen(staffed.samples.first()), tier_id=weak, answers=2)])
    hear(first, "good", tier="weak", person=11, external_id=1)
    hear(first, "defective", tier="weak", person=12, external_id=2)
    plan, _ = route(opened(staffed), choices_of(staffed, [[0.9, 0.1]] * 8))
    again = [choice for choice in plan if choice.strategy == ASK_AGAIN]
    assert [choice.sample_id for choice in again] == [first.sample_id]
    assert again[0].reason.startswith("Asked again: after 2 answers, its label is ")


def test_an_only_answer_that_the_model_takes_for_a_mistake_is_asked_again(staffed):
    weak = tier_of(staffed, "weak").pk
    doubted, trusted = (
        replace(choice, tier_id=weak) for choice in choices_of(staffed, [[0.98, 0.02], [0.999999, 0.000001]])
    )
    first, second = ask(staffed, [doubted, trusted])
    hear(first, "defective", tier="weak", person=11, external_id=1)
    hear(second, "good", tier="weak", person=11, external_id=2)
    plan, _ = route(opened(staffed), choices_of(staffed, [[0.9, 0.1]] * 8))
    again = [choice for choice in plan if choice.strategy == ASK_AGAIN]
    assert [choice.sample_id for choice in again] == [first.sample_id]


def test_an_expert_decides_what_all_of_the_cheap_tier_could_not_whichever_way_it_leans(staffed):
    weak = tier_of(staffed, "weak").pk
    [leaning] = ask(staffed, [replace(chosen(staffed.samples.first()), tier_id=weak, answers=5)])
    for number, person in enumerate(WEAK):
        hear(leaning, "defective" if number < 3 else "good", tier="weak", person=person, external_id=person)
    plan, _ = route(opened(staffed), choices_of(staffed, [[0.9, 0.1]] * 8))
    again = [choice for choice in plan if choice.strategy == ASK_AGAIN]
    assert [choice.sample_id for choice in again] == [leaning.sample_id]
    assert tiers_of(staffed, again) == ["expert"]


def test_a_tier_that_may_spend_nothing_is_not_planned_with(staffed):
    MisclassificationCost.objects.filter(project=staffed, amount=100).update(amount=Decimal(10_000))
    experts = staffed.tiers.get(kind="expert").pk
    set_allowance(project_id=staffed.pk, period=Allowance.Period.TOTAL, limit=Decimal(0), tier_id=experts)
    plan, _ = route(opened(staffed), choices_of(staffed, [[0.5, 0.5]] * 4))
    assert tiers_of(staffed, plan) == ["weak"] * 4


def test_a_label_that_is_sure_enough_is_left_alone(staffed):
    Project.objects.filter(pk=staffed.pk).update(agreement_bar=0.6)
    items = ask(staffed, [replace(chosen(staffed.samples.first()), answers=3)])
    for person in EXPERTS:
        hear(items[0], "good", person=person, external_id=person)
    plan, _ = route(opened(Project.objects.get(pk=staffed.pk)), choices_of(staffed, [[0.9, 0.1]] * 4))
    assert ASK_AGAIN not in {choice.strategy for choice in plan}


def test_a_plan_spends_no_more_than_is_left(staffed):
    staffed.budget.__class__.objects.filter(project=staffed).update(limit=Decimal("0.05"))
    plan, _ = route(opened(staffed), choices_of(staffed, [[0.5, 0.5]] * 10))
    prices = {"expert": Decimal(1), "weak": Decimal("0.02")}
    kinds = tiers_of(staffed, plan)
    assert sum(prices[kind] * one.answers for kind, one in zip(kinds, plan, strict=True)) <= Decimal("0.05")
    assert plan


def test_gold_of_known_answer_is_mixed_in_for_people_who_have_not_seen_it(staffed):
    Project.objects.filter(pk=staffed.pk).update(honeypot_share=0.5)
    gold = list(staffed.samples.order_by("-pk")[:6])
    staffed.samples.filter(pk__in=[one.pk for one in gold]).update(role="gold")
    for number, item in enumerate(ask(staffed, [replace(chosen(one), answers=2) for one in gold])):
        hear(item, "good", person=1, external_id=100 + number)
        hear(item, "good", person=2, external_id=200 + number)
    query_round = opened(Project.objects.get(pk=staffed.pk))
    weak = tier_of(staffed, "weak").pk
    choices = [replace(one, tier_id=weak) for one in choices_of(staffed, [[0.9, 0.1]] * 10)]

    mixed = with_honeypots(query_round, choices, None, rng=np.random.default_rng(1))

    honeypots = [choice for choice in mixed if choice.honeypot]
    assert honeypots
    assert {choice.sample_id for choice in honeypots} <= {one.pk for one in gold}
    assert [choice for choice in mixed if not choice.honeypot] == choices
    assert {(one.strategy, one.reason, one.tier_id) for one in honeypots} <= {
        (one.strategy, one.reason, one.tier_id) for one in choices
    }


def test_a_share_is_blind_whatever_it_is(staffed):
    choices = choices_of(staffed, [[0.9, 0.1]] * 90)
    blind = [one.blind for one in partly_blind(choices, share=0.3, rng=np.random.default_rng(0))]
    assert 15 < sum(blind) < 40
    assert not any(one.blind for one in partly_blind(choices, share=0.0, rng=np.random.default_rng(0)))


def test_what_an_expert_said_is_not_asked_again_while_it_is_sure_enough(staffed):
    Project.objects.filter(pk=staffed.pk).update(yearly_volume=1_000_000)
    staffed.tiers.filter(kind="weak").get().annotators.update(state="paused")
    items = ask(staffed, [replace(chosen(one), probabilities=[0.6, 0.4]) for one in staffed.samples.all()[:4]])
    for number, item in enumerate(items):
        hear(item, "good", person=1, external_id=number + 1)
    plan, _ = route(opened(Project.objects.get(pk=staffed.pk)), choices_of(staffed, [[0.9, 0.1]] * 4))
    assert ASK_AGAIN not in {choice.strategy for choice in plan}


def test_the_strategies_choose_for_the_places_that_asking_again_leaves(staffed):
    weak = tier_of(staffed, "weak").pk
    first, *_ = ask(staffed, [replace(chosen(staffed.samples.first()), tier_id=weak, answers=2)])
    hear(first, "good", tier="weak", person=11, external_id=1)
    hear(first, "defective", tier="weak", person=12, external_id=2)
    places = []
    routed(opened(staffed), lambda size: places.append(size) or choices_of(staffed, [[0.9, 0.1]] * size))
    assert places[-1] == 9
