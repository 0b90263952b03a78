"""Every way in which an answer can arrive ends in one right state of annotation, label, queue and ledger."""

from decimal import Decimal

import pytest
from django.db.models import Sum

from heedful.acquisition.models import QueryRound, QueueItem
from heedful.acquisition.services import withdraw
from heedful.budgets.rates import NewRate
from heedful.budgets.services import lower
from heedful.labeling.inbox import delete_answers
from heedful.labeling.models import Annotation
from heedful.labeling.pricing import add_rate
from heedful.quality.models import Label
from heedful.quality.services import settle_labels
from tests.factories import hear, queue, tier_of

STATE = QueueItem.State


@pytest.fixture
def items(project, pool):
    return queue(project, pool[:3])


def books(project) -> tuple[Decimal, Decimal]:
    """(reserved, spent), after checking that the ledger says the same."""
    project.budget.refresh_from_db()
    sums = project.ledger.aggregate(held=Sum("held"), spent=Sum("spent"))
    assert (sums["held"], sums["spent"]) == (project.budget.reserved, project.budget.spent)
    return project.budget.reserved, project.budget.spent


def state_of(item) -> str:
    item.refresh_from_db()
    return item.state


def test_filling_a_round_reserves_the_price_of_each_item(project, items):
    assert books(project) == (3, 0)


def test_an_answer_is_charged_and_settles_the_label(project, items):
    hear(items[0], "defective")
    assert books(project) == (2, 1)
    assert state_of(items[0]) == STATE.ANSWERED
    assert Label.objects.get(sample=items[0].sample).label_class.name == "defective"


def test_the_same_answer_twice_is_charged_once(project, items):
    hear(items[0], "good", minutes=1)
    hear(items[0], "good", minutes=1)
    hear(items[0], "good", minutes=0)
    assert books(project) == (2, 1)
    assert Annotation.objects.count() == 1


def test_an_older_version_that_arrives_late_changes_nothing(project, items):
    hear(items[0], "good", minutes=5)
    hear(items[0], "defective", minutes=1)
    assert Label.objects.get().label_class.name == "good"


def test_an_edit_changes_the_label_keeps_the_history_and_charges_nothing_more(project, items):
    hear(items[0], "good", minutes=1)
    hear(items[0], "defective", minutes=2)
    assert books(project) == (2, 1)
    assert Label.objects.get().label_class.name == "defective"
    revisions = Annotation.objects.get().revisions.order_by("at")
    assert [one.label_class.name for one in revisions] == ["good", "defective"]


def test_a_skip_releases_the_money_and_the_sample_is_not_asked_again(project, items):
    hear(items[0], None)
    assert books(project) == (2, 0)
    assert state_of(items[0]) == STATE.SKIPPED
    assert not project.samples.candidates().filter(pk=items[0].sample_id).exists()


def test_a_skip_that_becomes_an_answer_is_charged(project, items):
    hear(items[0], None, minutes=1)
    hear(items[0], "good", minutes=2)
    assert books(project) == (2, 1)
    assert state_of(items[0]) == STATE.ANSWERED


def test_an_answer_that_becomes_a_skip_is_refunded(project, items):
    hear(items[0], "good", minutes=1)
    hear(items[0], None, minutes=2)
    assert books(project) == (2, 0)
    assert not Label.objects.exists()


def test_a_deleted_answer_is_refunded_kept_and_the_sample_may_be_asked_again(project, items):
    hear(items[0], "good")
    for _ in range(2):
        delete_answers(project_id=project.pk, external_ids=[items[0].pk], settle=settle_labels)
    assert books(project) == (2, 0)
    assert not Label.objects.exists()
    assert Annotation.objects.get().deleted_at is not None
    assert project.samples.candidates().filter(pk=items[0].sample_id).exists()


def test_news_of_a_deleted_answer_does_not_bring_it_back(project, items):
    hear(items[0], "good", minutes=1)
    delete_answers(project_id=project.pk, external_ids=[items[0].pk], settle=settle_labels)
    hear(items[0], "defective", minutes=2)
    assert books(project) == (2, 0)
    assert not Label.objects.exists()


def test_answering_again_after_a_deletion_is_charged_anew(project, items):
    hear(items[0], "good", external_id=1)
    delete_answers(project_id=project.pk, external_ids=[1], settle=settle_labels)
    hear(items[0], "defective", external_id=2, minutes=1)
    assert books(project) == (2, 1)
    assert Label.objects.get().label_class.name == "defective"


def test_a_withdrawn_item_releases_its_money(project, items):
    withdraw(project_id=project.pk, item_id=items[0].pk)
    assert books(project) == (2, 0)


def test_a_late_answer_to_a_withdrawn_item_is_paid_and_kept(project, items):
    withdraw(project_id=project.pk, item_id=items[0].pk)
    hear(items[0], "good")
    assert books(project) == (2, 1)
    assert Label.objects.count() == 1


def test_a_second_persons_answer_is_paid_too(project, items):
    hear(items[0], "good", external_id=1, person=1)
    hear(items[0], "defective", external_id=2, person=2, minutes=1)
    assert books(project) == (2, 2)


def test_what_the_limit_does_not_allow_is_owed_and_the_limit_holds(project, pool):
    add_rate(project_id=project.pk, tier_id=tier_of(project, "expert").pk, new=NewRate("hourly", Decimal(100)))
    lower(project_id=project.pk, amount=Decimal(98))
    items = queue(project, pool[:2])
    hear(items[0], "good", lead_time=72)
    assert books(project) == (1, 1)
    assert project.ledger.aggregate(owed=Sum("owed"))["owed"] == 1


def test_a_round_closes_when_nothing_in_it_waits(project, items):
    hear(items[0], "good")
    hear(items[1], None)
    assert QueryRound.objects.get().state == QueryRound.State.OPEN
    withdraw(project_id=project.pk, item_id=items[2].pk)
    assert QueryRound.objects.get().state == QueryRound.State.CLOSED


def test_an_answer_for_a_task_that_is_not_ours_is_left_alone(project, items):
    items[0].pk = 10**6
    hear(items[0], "good")
    assert not Annotation.objects.exists()
