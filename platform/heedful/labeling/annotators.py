"""The people and programs that answer: invited, assigned to a tier, told apart by e-mail, paused.

A manager names an annotator by e-mail; Label Studio names them by its own id, and tells the e-mail when it is asked.
Whichever comes first makes the row. When both turn out to be one person, the two rows become one.
"""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from heedful.accounts import invitations, members
from heedful.accounts.audit import record
from heedful.accounts.invitations import Invited, valid_email
from heedful.accounts.models import AuditEntry, User
from heedful.accounts.permissions import Role
from heedful.budgets.services import lock
from heedful.core.errors import Conflict, InvalidInput, NotFound
from heedful.core.money import ZERO
from heedful.labeling import pricing
from heedful.labeling.models import Annotation, AnnotationQuerySet, Annotator
from heedful.notifications.models import Notification
from heedful.notifications.services import notify
from heedful.projects.models import Tier

ANNOTATOR = AuditEntry.Action.ANNOTATOR


@transaction.atomic
def invite_person(*, project_id: int, email: str, role: str, tier_id: int | None, by: User) -> Invited:
    """Invite somebody to the project; with a tier they are also an annotator. Raises InvalidInput, Conflict."""
    if role == Role.ANNOTATOR and tier_id is None:
        raise InvalidInput("Choose the tier that this annotator is paid in.", field="tier_id")
    invited = invitations.invite(project_id=project_id, email=email, role=role, by=by)
    annotator = named(project_id, invited.email)
    if annotator:
        _bind_user(annotator)
    if tier_id is not None and annotator:
        assign_tier(project_id=project_id, annotator_id=annotator.pk, tier_id=tier_id, by=by)
    elif tier_id is not None:
        add_annotator(project_id=project_id, email=invited.email, tier_id=tier_id, by=by)
    return invited


@transaction.atomic
def add_annotator(*, project_id: int, email: str, tier_id: int, by: User | None) -> Annotator:
    """Expect answers of somebody, who need have no account here. Raises Conflict if they have a tier already."""
    email = valid_email(email)
    annotator = named(project_id, email)
    if annotator and annotator.tier_id:
        raise Conflict(f"{email} is an annotator of this project already.")
    annotator = annotator or Annotator.objects.create(project_id=project_id, email=email)
    _bind_user(annotator)
    assign_tier(project_id=project_id, annotator_id=annotator.pk, tier_id=tier_id, by=by)
    return get_annotator(project_id, annotator.pk)


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str) -> User:
    """Somebody new joins; their annotator is theirs from now on. Raises as `invitations.accept` does."""
    user, project_id = invitations.accept(token=token, name=name, password=password)
    if annotator := named(project_id, user.email):
        _bind_user(annotator)
    return user


@transaction.atomic
def remove_person(*, project_id: int, user_id: int, by: User) -> None:
    """Take somebody out of the project, or oneself. Their answers stay; as annotators they are paused.

    Raises NotAllowed, or Conflict for the last owner.
    """
    user = members.remove_member(project_id=project_id, user_id=user_id, by=by)
    for annotator in Annotator.objects.filter(project_id=project_id, user=user):
        set_state(project_id=project_id, annotator_id=annotator.pk, state=Annotator.State.PAUSED, by=by)


@transaction.atomic
def change_annotator(
    *, project_id: int, annotator_id: int, tier_id: int | None, state: Annotator.State | None, by: User
) -> None:
    """Assign, pause or resume; what is None stays. Raises NotFound."""
    get_annotator(project_id, annotator_id)
    if tier_id is not None:
        assign_tier(project_id=project_id, annotator_id=annotator_id, tier_id=tier_id, by=by)
    if state is not None:
        set_state(project_id=project_id, annotator_id=annotator_id, state=state, by=by)


@transaction.atomic
def assign_tier(*, project_id: int, annotator_id: int, tier_id: int, by: User | None) -> None:
    """Put an annotator in a tier; what nobody was charged for yet is charged now. Raises NotFound."""
    tier = get_tier(project_id, tier_id)
    annotator = get_annotator(project_id, annotator_id)
    before = {"tier": annotator.tier.kind if annotator.tier else None}
    pricing.assign(annotator=annotator, tier=tier)
    record(
        project_id=project_id,
        by=by,
        action=ANNOTATOR,
        subject=str(annotator),
        before=before,
        after={"tier": tier.kind},
    )


def price_of_assigning(*, project_id: int, annotator_id: int, tier_id: int) -> tuple[int, Decimal]:
    """How many answers would be priced if the annotator were in that tier, and what they come to; changes nothing."""
    annotator = get_annotator(project_id, annotator_id)
    annotator.tier = get_tier(project_id, tier_id)
    amounts = []
    for annotation in unpriced(annotator).order_by("answered_at", "pk"):
        annotation.annotator = annotator
        pricing.price(annotation)
        amounts.append(annotation.due)
    return len(amounts), sum(amounts, ZERO)


def unpriced(annotator: Annotator) -> AnnotationQuerySet:
    return Annotation.objects.standing().filter(annotator=annotator, rate=None)


@transaction.atomic
def set_state(*, project_id: int, annotator_id: int, state: Annotator.State, by: User | None) -> None:
    """Pause or resume. Nothing is asked of somebody paused; what they answer all the same is kept and paid."""
    annotator = get_annotator(project_id, annotator_id)
    before = annotator.state
    annotator.state = state
    if before == Annotator.State.PAUSED and state == Annotator.State.ACTIVE:
        annotator.resumed_at = timezone.now()
    annotator.save(update_fields=["state", "resumed_at"])
    record(
        project_id=project_id,
        by=by,
        action=ANNOTATOR,
        subject=str(annotator),
        before={"state": before},
        after={"state": str(state)},
    )


def get_annotator(project_id: int, annotator_id: int) -> Annotator:
    found = Annotator.objects.select_related("tier", "user").filter(pk=annotator_id, project_id=project_id).first()
    if found is None:
        raise NotFound(f"There is no annotator {annotator_id} in this project.")
    return found


def get_tier(project_id: int, tier_id: int) -> Tier:
    tier = Tier.objects.filter(pk=tier_id, project_id=project_id).first()
    if tier is None:
        raise NotFound(f"There is no tier {tier_id} in this project.")
    return tier


def named(project_id: int, email: str) -> Annotator | None:
    return Annotator.objects.filter(project_id=project_id, email__iexact=email).exclude(email="").first()


def _bind_user(annotator: Annotator) -> None:
    """To the member with the same e-mail, if there is one."""
    members = User.objects.filter(memberships__project=annotator.project_id)
    if user := members.filter(email__iexact=annotator.email).first():
        annotator.user = user
        annotator.save(update_fields=["user"])


def names_are_missing(project_id: int) -> bool:
    """Whether Label Studio knows something of our annotators that we do not."""
    return Annotator.objects.filter(Q(email="") | Q(external_id=None), project_id=project_id).exists()


@transaction.atomic
def name_annotators(*, project_id: int, emails: Mapping[int, str]) -> None:
    """Learn who is who from Label Studio's users, and tell the managers of those whom nobody has invited.

    `emails` by Label Studio's ids. Safe to repeat.
    """
    # No answer is priced meanwhile.
    lock(project_id)
    for external_id, address in emails.items():
        _meet(project_id, external_id, address.lower())
    strangers = Annotator.objects.filter(project_id=project_id, tier=None, annotations__isnull=False)
    for stranger in strangers.exclude(email="").distinct():
        notify(
            project_id=project_id,
            kind=Notification.Kind.UNKNOWN_ANNOTATOR,
            sentence="Somebody nobody has invited answers in Label Studio; assign them a tier, or nobody is charged.",
            path=f"/projects/{project_id}/people",
            key=str(stranger.pk),
        )


def _meet(project_id: int, external_id: int, email: str) -> None:
    """Label Studio's user `external_id` has this e-mail."""
    nameless = Annotator.objects.filter(project_id=project_id, external_id=external_id, email="").first()
    expected = named(project_id, email)
    if nameless and expected:
        _unite(nameless, expected)
    elif nameless:
        nameless.email = email
        nameless.save(update_fields=["email"])
        _bind_user(nameless)
    elif expected and expected.external_id is None:
        expected.external_id = external_id
        expected.save(update_fields=["external_id"])


def _unite(nameless: Annotator, expected: Annotator) -> None:
    """Make one row of two that are one person. What the ledger says of either stays: if it speaks of both, so do they.

    The expected one has another id from Label Studio if they made themselves a new account there.
    """
    keep, gone = (nameless, expected) if nameless.ledger.exists() else (expected, nameless)
    if gone.ledger.exists():
        return
    external_id, email, tier = nameless.external_id, expected.email, keep.tier or gone.tier
    paused = Annotator.State.PAUSED in (keep.state, gone.state)
    gone.annotations.update(annotator=keep)
    gone.rates.update(annotator=keep)
    gone.allowances.exclude(period__in=keep.allowances.values("period")).update(annotator=keep)
    gone.delete()
    keep.external_id, keep.email = external_id, email
    keep.state = Annotator.State.PAUSED if paused else Annotator.State.ACTIVE
    keep.save()
    _bind_user(keep)
    if tier:
        pricing.assign(annotator=keep, tier=tier)
