"""The audit finds every way in which a row could have been tampered with, and names the place."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import F

from heedful.acquisition.models import QueueItem
from heedful.budgets.limits import set_allowance
from heedful.budgets.models import Allowance, Budget, LedgerEntry, RateCard
from heedful.labeling.audit import audit
from heedful.labeling.models import Annotation, Annotator
from tests.factories import hear, know, queue, tier_of

ONE = Decimal(1)


@pytest.fixture
def items(project, pool) -> list[QueueItem]:
    """The first is answered by an expert in 36 s; two more wait."""
    items = queue(project, pool[:3])
    hear(items[0], "good", lead_time=36)
    return items


def found(project) -> set[str]:
    return {difference.what for difference in audit(project.pk).differences}


def test_the_books_of_an_untouched_project_have_no_difference(project, items):
    proof = audit(project.pk)
    assert (proof.entries, proof.annotations, proof.differences) == (5, 1, [])


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"price": Decimal("1.5")}, {"price"}),
        ({"waived": ONE}, {"charged and owed"}),
        ({"paid_seconds": 99.0}, {"paid seconds", "milliseconds paid"}),
        ({"lead_seconds": 100.0}, {"paid seconds", "milliseconds measured"}),
        ({"cap_seconds": 10.0}, {"paid seconds"}),
        ({"skipped": True}, {"paid seconds", "price", "charged and owed", "labels charged"}),
        ({"rate": None}, {"rate", "price", "charged and owed"}),
    ],
    ids=lambda value: "-".join(sorted(value)),
)
def test_a_changed_annotation_is_found(project, items, change, what):
    Annotation.objects.update(**change)
    assert what <= found(project)
    assert {one.annotation_id for one in audit(project.pk).differences} == {Annotation.objects.get().pk}


def test_an_answer_that_was_moved_to_somebody_else_is_found(project, items):
    Annotation.objects.update(annotator=know(project, 2))
    (difference,) = audit(project.pk).differences
    assert difference.what.startswith("tier, annotator and item of entry")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"spent": F("spent") + ONE}, {"charged and owed", "budget's spent"}),
        ({"owed": F("owed") - ONE}, {"charged and owed", "owed, not negative"}),
        ({"labels": 2}, {"labels charged"}),
        ({"measured_ms": 1}, {"milliseconds measured"}),
        ({"paid_ms": 1}, {"milliseconds paid"}),
        ({"kind": "adjust"}, {"first charges"}),
        ({"held": 0}, {"held", "budget's reserved"}),
    ],
    ids=lambda value: "-".join(sorted(value)),
)
def test_a_changed_charge_is_found(project, items, change, what):
    LedgerEntry.objects.filter(kind="charge").update(**change)
    assert what == found(project)


def test_a_charge_that_was_taken_out_is_found(project, items):
    LedgerEntry.objects.filter(kind="charge").delete()
    assert {"charged and owed", "first charges", "held", "budget's spent", "budget's reserved"} <= found(project)


def test_a_movement_that_was_slipped_in_is_found(project, items):
    charge = LedgerEntry.objects.get(kind="charge")
    charge.pk, charge.kind, charge.held = None, "adjust", Decimal(0)
    charge.save()
    assert {"charged and owed", "labels charged", "budget's spent"} <= found(project)


def test_a_reservation_that_was_changed_is_found_with_its_item(project, items):
    LedgerEntry.objects.filter(kind="reserve", item=items[1]).update(held=Decimal(2))
    differences = {one.what: one.item_id for one in audit(project.pk).differences}
    assert differences == {"held": items[1].pk, "budget's reserved": None}


@pytest.mark.parametrize("change", [{"state": "answered"}, {"price": Decimal(3)}, {"answers_wanted": 2}], ids=str)
def test_an_item_that_was_changed_is_found(project, items, change):
    QueueItem.objects.filter(pk=items[1].pk).update(**change)
    assert [(one.what, one.item_id) for one in audit(project.pk).differences] == [("held", items[1].pk)]


@pytest.mark.parametrize(
    ("change", "what"),
    [({"limit": 200}, "limit"), ({"spent": 7}, "spent"), ({"reserved": 0}, "reserved")],
    ids=["limit", "spent", "reserved"],
)
def test_a_budget_that_was_changed_is_found(project, items, change, what):
    Budget.objects.update(**change)
    assert found(project) == {f"budget's {what}"}


def test_a_rate_that_was_rewritten_is_found(project, items):
    RateCard.objects.update(amount=Decimal(2))
    assert found(project) == {"price", "charged and owed"}


def test_a_known_annotators_answer_that_nobody_priced_is_found(project, pool):
    items = queue(project, pool[:1])
    hear(items[0], "good", tier=None)
    Annotator.objects.update(tier=tier_of(project, "expert"))
    assert found(project) == {"rate"}


def test_an_allowance_that_is_passed_is_found(project, items):
    allowance = set_allowance(project_id=project.pk, period=Allowance.Period.DAY, limit=Decimal(3))
    Allowance.objects.filter(pk=allowance.pk).update(limit=Decimal(2))
    (difference,) = audit(project.pk).differences
    assert difference.what == "use of the project's daily limit of 2.00 USD"
    assert (difference.expected, difference.found) == ("at most 2.0000", 3)


def test_the_command_prints_each_difference_and_fails(project, items):
    Budget.objects.update(spent=7)
    told = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit_ledger", stdout=told)
    assert (ended.value.code, told.getvalue()) == (
        1,
        f"project {project.pk}, budget's spent: expected 1.0000, found 7.0000\n",
    )


def test_the_command_says_what_it_proved(project, items):
    told = StringIO()
    call_command("audit_ledger", project=project.pk, stdout=told)
    assert told.getvalue() == "5 entries and 1 annotations checked: no difference.\n"
