"""Who is told what: in the page by their role, by e-mail as they chose."""

from collections.abc import Collection, Mapping

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, Membership, User
from heedful.core.errors import InvalidInput
from heedful.notifications.models import EmailChoice, Notification

KIND = Notification.Kind
Kinds = frozenset[str]

EVERYTHING: Kinds = frozenset(KIND)
NOTHING: Kinds = frozenset()
SHOWN: Mapping[str, Kinds] = {
    "owner": EVERYTHING,
    "manager": EVERYTHING,
    "viewer": frozenset({KIND.RUN_FINISHED, KIND.ROUND_CLOSED}),
}
# Somebody has to act, or the project stands still or spends what it should not.
URGENT: Kinds = frozenset(
    {
        KIND.BUDGET_THRESHOLD,
        KIND.FORECAST_OVER_LIMIT,
        KIND.ROUND_NEEDS_APPROVAL,
        KIND.OWED_FOR_APPROVAL,
        KIND.UNKNOWN_ANNOTATOR,
        KIND.ANNOTATOR_PAUSED,
        KIND.JOB_FAILED,
    }
)


def shown_kinds(user: User, project_id: int) -> Kinds:
    """What a person sees of a project's notifications."""
    if user.is_superuser:
        return EVERYTHING
    role = Membership.objects.filter(user=user, project_id=project_id).values_list("role", flat=True).first()
    return SHOWN.get(role or "", NOTHING)


def shown_to(user: User, project_id: int) -> QuerySet[Notification]:
    return Notification.objects.filter(project_id=project_id, kind__in=shown_kinds(user, project_id))


def unread_first(notifications: QuerySet[Notification], user: User) -> QuerySet[Notification]:
    """Each with whether this person has `read` it; newest first among the unread, then among the others."""
    read = Notification.read_by.through.objects.filter(notification=OuterRef("pk"), user=user)
    return notifications.annotate(read=Exists(read)).order_by("read", "-at", "-pk")


def mailed_kinds(user: User, project_id: int) -> Kinds:
    """Of which kinds they get mail: those they chose, else what is urgent, and nothing that they may not see."""
    role = Membership.objects.filter(user=user, project_id=project_id).values_list("role", flat=True).first()
    choice = EmailChoice.objects.filter(user=user, project_id=project_id).first()
    return _mailed(role or "", choice)


@transaction.atomic
def choose_mail(*, user: User, project_id: int, kinds: Collection[str]) -> None:
    """Raises InvalidInput for a kind that this person is not told of."""
    if unseen := set(kinds) - shown_kinds(user, project_id):
        raise InvalidInput(f"You are not told of {', '.join(sorted(unseen))} in this project.", field="kinds")
    before = {"mailed": sorted(mailed_kinds(user, project_id))}
    EmailChoice.objects.update_or_create(user=user, project_id=project_id, defaults={"kinds": sorted(kinds)})
    record(
        project_id=project_id,
        by=user,
        action=AuditEntry.Action.NOTIFICATIONS,
        subject="own e-mail",
        before=before,
        after={"mailed": sorted(kinds)},
    )


def mail_readers(notification: Notification) -> list[User]:
    """The members who want this one by e-mail; none while Heedful has no way to send any."""
    if not sends_mail():
        return []
    members = Membership.objects.filter(project_id=notification.project_id, user__is_active=True)
    choices = {one.user_id: one for one in EmailChoice.objects.filter(project_id=notification.project_id)}
    return [
        member.user
        for member in members.select_related("user")
        if notification.kind in _mailed(member.role, choices.get(member.user_id))
    ]


def sends_mail() -> bool:
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def _mailed(role: str, choice: EmailChoice | None) -> Kinds:
    return SHOWN.get(role, NOTHING) & (URGENT if choice is None else frozenset(choice.kinds))
