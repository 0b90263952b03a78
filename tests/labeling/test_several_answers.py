"""An item that wants several answers holds money for each that is still to come."""

from dataclasses import replace
from decimal import Decimal

import pytest

from heedful.acquisition.models import QueryRound
from heedful.acquisition.services import fill_round, open_round
from heedful.labeling.audit import audit
from heedful.labeling.inbox import delete_answers
from heedful.quality.models import Label
from heedful.quality.services import settle_labels
from tests.factories import chosen, hear, know, make_pool


@pytest.fixture
def item(project):
    """Wants two answers of experts, of whom there are three."""
    for person in (1, 2, 3):
        know(project, person)
    sample, *_ = make_pool(project, size=3)
    opened = open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=1, model_number=None)
    fill_round(round_id=opened.pk, strategy="by hand", choices=[replace(chosen(sample), answers=2)])
    QueryRound.objects.filter(pk=opened.pk).update(state=QueryRound.State.OPEN)
    opened.items.update(state="sent")
    return opened.items.get()


def held(item):
    item.refresh_from_db()
    return item.ledger.total("held")


def test_each_answer_takes_its_part_of_the_reservation(item):
    assert held(item) == Decimal(2)
    hear(item, "good", person=1, external_id=1)
    assert (held(item), item.state) == (Decimal(1), "sent")
    hear(item, "good", person=2, external_id=2)
    assert (held(item), item.state) == (Decimal(0), "answered")
    assert item.ledger.total("spent") == Decimal(2)


def test_a_skip_frees_its_part_and_is_told_twice_without_harm(item):
    for _ in range(2):
        hear(item, None, person=1, external_id=1)
    assert (held(item), item.state) == (Decimal(1), "sent")
    hear(item, None, person=2, external_id=2)
    assert (held(item), item.state) == (Decimal(0), "skipped")


def test_a_second_answer_of_the_same_person_does_not_stand_for_another(item):
    hear(item, "good", person=1, external_id=1)
    hear(item, "defective", person=1, external_id=2, minutes=1)
    assert (held(item), item.state) == (Decimal(1), "sent")


def test_a_skip_that_becomes_an_answer_gives_nothing_back_twice(item):
    hear(item, None, person=1, external_id=1)
    hear(item, "good", person=1, external_id=1, minutes=1)
    assert held(item) == Decimal(1)
    assert audit(item.round.project_id).differences == []


def test_an_answer_taken_back_leaves_the_books_in_order(item):
    hear(item, "good", person=1, external_id=1)
    hear(item, "good", person=2, external_id=2)
    delete_answers(project_id=item.round.project_id, external_ids=[1], settle=settle_labels)
    assert (held(item), item.state) == (Decimal(0), "answered")
    assert Label.objects.get().answers == 1
    assert audit(item.round.project_id).differences == []


def test_an_answer_to_a_honeypot_settles_nothing(item):
    type(item).objects.filter(pk=item.pk).update(honeypot=True)
    item.refresh_from_db()
    hear(item, "good", person=1, external_id=1)
    assert not Label.objects.exists()
