"""What an answer is worth: its annotator's rate at the time, for the part of its lead time that is paid.

The terms (tier, rate, cap) are fixed when an answer is first priced, so that a new rate changes no past charge and an
edit is paid like the answer it corrects. An answer of somebody unknown has no terms: it is kept and charged to nobody
until a manager assigns its annotator a tier.
"""

from decimal import Decimal
from statistics import median

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.acquisition.models import QueueItem
from heedful.acquisition.services import still_held
from heedful.budgets import charges, rates
from heedful.budgets.models import Budget, RateCard
from heedful.budgets.services import lock
from heedful.core.errors import InvalidInput, NotFound
from heedful.core.money import ZERO, money
from heedful.labeling.models import Annotation, AnnotationQuerySet, Annotator
from heedful.notifications.models import Notification
from heedful.notifications.services import notify
from heedful.projects.models import Tier

TIMES, ENOUGH_TIMES = 200, 20
"""The median cap is of so many latest lead times of the tier, and holds once there are enough of them."""


def price(annotation: Annotation) -> None:
    """Set what the answer is worth as it stands, without saving. The caller holds the budget's lock."""
    if annotation.rate is None:
        _fix_terms(annotation)
    before = annotation.price
    annotation.paid_seconds, annotation.price = 0.0, ZERO
    if annotation.rate and annotation.standing:
        annotation.paid_seconds = paid_seconds(annotation)
        annotation.timing = _timing(annotation)
        annotation.price = annotation.rate.price(annotation.paid_seconds)
    # What was waived was the top of the price, so a lower price takes from it first.
    annotation.waived = max(annotation.waived - max(before - annotation.price, ZERO), ZERO)


def _fix_terms(annotation: Annotation) -> None:
    annotator = annotation.annotator
    if annotator.tier_id is None:
        return
    rate = rates.rate_at(tier_id=annotator.tier_id, annotator_id=annotator.pk, at=annotation.answered_at)
    if rate is None:
        return
    annotation.tier_id, annotation.rate = annotator.tier_id, rate
    annotation.cap_seconds = min(rate.cap_seconds, _median_cap(annotation) or rate.cap_seconds)


def _median_cap(annotation: Annotation) -> float | None:
    """So many times the median of what the tier took for its answers before this one; None with too few of them."""
    earlier = Annotation.objects.standing().filter(
        tier=annotation.tier_id, lead_seconds__isnull=False, answered_at__lt=annotation.answered_at
    )
    latest = earlier.order_by("-answered_at").values_list("lead_seconds", flat=True)[:TIMES]
    times = [seconds for seconds in latest if seconds is not None]
    if len(times) < ENOUGH_TIMES:
        return None
    return Budget.objects.get(project_id=annotation.project_id).median_factor * median(times)


def paid_seconds(annotation: Annotation) -> float:
    """The measured time, or the expected one if none was measured, up to the cap; in whole milliseconds."""
    assert annotation.rate is not None
    assert annotation.cap_seconds is not None
    time = annotation.rate.expected_seconds if annotation.lead_seconds is None else annotation.lead_seconds
    return round(min(max(time, 0.0), annotation.cap_seconds), 3)


def _timing(annotation: Annotation) -> Annotation.Timing:
    assert annotation.rate is not None
    assert annotation.cap_seconds is not None
    if annotation.lead_seconds is None:
        return Annotation.Timing.EXPECTED
    if annotation.lead_seconds <= annotation.cap_seconds:
        return Annotation.Timing.MEASURED
    of_rate = annotation.cap_seconds == annotation.rate.cap_seconds
    return Annotation.Timing.RATE_CAP if of_rate else Annotation.Timing.MEDIAN_CAP


def worth(annotation: Annotation) -> charges.Worth:
    """What the ledger's entries of this annotation must add up to."""
    if annotation.rate is None or not annotation.standing:
        return charges.Worth()
    return charges.Worth(
        amount=annotation.due,
        labels=1,
        measured_ms=round(max(annotation.lead_seconds or 0.0, 0.0) * 1000),
        paid_ms=round(annotation.paid_seconds * 1000),
    )


def people_who_answered(item: QueueItem) -> int:
    """How many people have answered or skipped an item; an answer that was taken back was given all the same."""
    return Annotation.objects.filter(item=item).values("annotator").distinct().count()


def settle(annotation: Annotation) -> None:
    """Bring the ledger in line with what the answer is worth; one without terms has no entries."""
    if annotation.tier_id is None:
        return
    item = annotation.item
    answered = charges.Answered(
        annotation_id=annotation.pk,
        item_id=item.pk,
        annotator_id=annotation.annotator_id,
        tier_id=annotation.tier_id,
        expected=item.price,
        keep=still_held(item, answers=people_who_answered(item)),
    )
    owed = charges.settle(project_id=annotation.project_id, answered=answered, worth=worth(annotation))
    if owed > 0:
        notify(
            project_id=annotation.project_id,
            kind=Notification.Kind.OWED_FOR_APPROVAL,
            sentence="Answers cost more than was reserved for them; what they are owed waits for your word.",
            path=f"/projects/{annotation.project_id}/money?part=owed",
            # Once a day: each such answer would be news of the same kind.
            key=str(timezone.now().date()),
        )


@transaction.atomic
def assign(*, annotator: Annotator, tier: Tier) -> None:
    """Put an annotator in a tier. What they answered before anybody knew them is charged at the rates of its time.

    What they were paid for already, as another tier, stays as it is.
    """
    if tier.project_id != annotator.project_id:
        raise NotFound(f"There is no tier {tier.pk} in this project.")
    lock(annotator.project_id)
    annotator.tier = tier
    annotator.save(update_fields=["tier"])
    _charge_unpriced(Annotation.objects.filter(annotator=annotator))


@transaction.atomic
def add_rate(
    *,
    project_id: int,
    new: rates.NewRate,
    tier_id: int | None = None,
    annotator_id: int | None = None,
    by: User | None = None,
) -> RateCard:
    """Give a tier or an annotator a new rate. Answers that were waiting for one are charged.

    Raises InvalidInput, or NotFound for what is not in the project.
    """
    if (tier_id is None) == (annotator_id is None):
        raise InvalidInput("Name a tier or an annotator.", field="tier_id")
    if tier_id and not Tier.objects.filter(pk=tier_id, project_id=project_id).exists():
        raise NotFound(f"There is no tier {tier_id} in this project.")
    if annotator_id and not Annotator.objects.filter(pk=annotator_id, project_id=project_id).exists():
        raise NotFound(f"There is no annotator {annotator_id} in this project.")
    lock(project_id)
    card = rates.add_rate(new=new, tier_id=tier_id, annotator_id=annotator_id, by=by)
    record(
        project_id=project_id,
        by=by,
        action=AuditEntry.Action.RATE,
        subject=str(card.tier or card.annotator),
        after={"kind": card.kind, "amount": card.amount, "effective_from": card.effective_from},
    )
    _charge_unpriced(Annotation.objects.filter(project_id=project_id, annotator__tier__isnull=False))
    return card


def _charge_unpriced(annotations: AnnotationQuerySet) -> None:
    unpriced = annotations.filter(rate=None).select_related("annotator")
    for annotation in unpriced.order_by("answered_at", "pk"):
        price(annotation)
        annotation.save()
        settle(annotation)


@transaction.atomic
def waive(*, project_id: int, annotation_id: int, by: User | None, note: str = "") -> Decimal:
    """Strike what an answer is owed: it is due what was paid, and no more. Raises NothingOwed."""
    waived = charges.waive(project_id=project_id, annotation_id=annotation_id, by=by, note=note)
    Annotation.objects.filter(pk=annotation_id).update(waived=F("waived") + money(waived))
    return waived
