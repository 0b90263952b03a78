"""Labels that somebody wants answered again: what that costs, and which are not asked about."""

from decimal import Decimal

import pytest

from heedful.acquisition.models import ASK_AGAIN, QueryRound, QueueItem
from heedful.budgets.models import Budget
from heedful.budgets.rates import expert_tier
from heedful.core.errors import BudgetExhausted, Conflict, InvalidInput
from heedful.jobs.models import Job
from heedful.pool.marks import want_first
from heedful.pool.models import Priority, Sample
from heedful.quality.again import ask_again, may_be_asked, offers
from heedful.quality.services import assign_gold
from tests.factories import make_pool, queue
from tests.training import label


@pytest.fixture
def samples(project) -> list[Sample]:
    """Three that are labeled, one of them gold, and three that are not."""
    samples = make_pool(project, size=6)
    label(project, "good", "good", "defective")
    assign_gold(project_id=project.pk, sample_ids=[samples[2].pk])
    return samples


def again(project, samples, **changes):
    wish = {"tier_id": expert_tier(project.pk), "answers": 1, "reason": "Doubted.", "model_number": None}
    return ask_again(
        project_id=project.pk,
        sample_ids=[one.pk for one in samples],
        by=project.memberships.first().user,
        **{**wish, **changes},
    )


def test_what_is_asked_again_is_wanted_first_no_more(project, samples):
    want_first(project=project, sample_ids=[samples[0].pk], reason="", by=project.memberships.first().user)
    again(project, samples[:1])
    assert not Priority.objects.exists()


def test_only_settled_labels_of_the_pool_may_be_asked_again(project, samples):
    assert may_be_asked(project, [one.pk for one in samples]) == [samples[0].pk, samples[1].pk]


def test_asking_again_reserves_its_price_and_opens_a_round(project, samples):
    before = Budget.objects.get(project=project)
    (offer,) = offers(project)
    assert (offer.tier.price, offer.left) == (Decimal(1), before.left)
    query_round = again(project, samples[:2])
    budget = Budget.objects.get(project=project)
    assert (budget.reserved - before.reserved, offers(project)[0].left) == (Decimal(2), before.left - 2)
    assert (query_round.kind, query_round.state) == (QueryRound.Kind.QUERY, QueryRound.State.FILLING)
    items = query_round.items.order_by("rank")
    assert [(one.strategy, one.price, one.state) for one in items] == [(ASK_AGAIN, 1, QueueItem.State.RESERVED)] * 2
    assert Job.objects.filter(kind=Job.Kind.EXPLAIN_ROUND, arguments__round_id=query_round.pk).exists()
    assert may_be_asked(project, [one.pk for one in samples]) == []


def test_what_is_asked_again_joins_the_open_round(project, samples):
    (waiting,) = queue(project, samples[4:5])
    query_round = again(project, samples[:1])
    assert query_round.pk == waiting.round_id
    query_round.refresh_from_db()
    assert (query_round.size, query_round.items.get(strategy=ASK_AGAIN).rank) == (2, 2)


def test_a_round_that_waits_for_approval_comes_first(project, samples):
    (waiting,) = queue(project, samples[4:5])
    QueryRound.objects.filter(pk=waiting.round_id).update(state=QueryRound.State.PLANNED)
    with pytest.raises(Conflict, match="approval"):
        again(project, samples[:1])


def test_what_the_budget_does_not_buy_is_not_asked(project, samples):
    Budget.objects.filter(project=project).update(limit=Budget.objects.get(project=project).spent + 1)
    with pytest.raises(BudgetExhausted):
        again(project, samples[:2])
    assert not QueueItem.objects.filter(strategy=ASK_AGAIN).exists()


@pytest.mark.parametrize(
    ("places", "changes", "field"),
    [
        ([2], {}, "samples"),
        ([4], {}, "samples"),
        ([], {}, "samples"),
        ([0], {"answers": 2}, "answers"),
        ([0], {"tier_id": 0}, "tier_id"),
    ],
)
def test_what_cannot_be_asked_again_is_refused_with_its_field(project, samples, places, changes, field):
    with pytest.raises(InvalidInput) as refused:
        again(project, [samples[place] for place in places], **changes)
    assert refused.value.field == field
