"""Inviting people by e-mail.

Whoever has an account becomes a member at once. For anybody else there is a link, signed and good for one use, that
lets its holder choose a password: it opens this one project, whatever else that address may be invited to.
"""

from dataclasses import dataclass
from datetime import datetime
from smtplib import SMTPException

import structlog
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from heedful.accounts.audit import record
from heedful.accounts.members import add_member, check_may_give
from heedful.accounts.models import AuditEntry, Invitation, Membership, User
from heedful.core.errors import InvalidInput, NotFound

log = structlog.get_logger(__name__)

SALT = "heedful.invitation"
INVITATION = AuditEntry.Action.INVITATION
TEXT = """{by} invites you to the project “{project}” on Heedful, as {role}.

{link}
{until}"""


@dataclass(frozen=True, slots=True)
class Invited:
    """What came of inviting somebody: a member at once, or a link that expires."""

    email: str
    role: str
    link: str
    expires_at: datetime | None = None


@transaction.atomic
def invite(*, project_id: int, email: str, role: str, by: User) -> Invited:
    """Give somebody a role. Inviting an address again sends a new link, which voids the last.

    Raises NotAllowed, InvalidInput, or Conflict for a member.
    """
    email = valid_email(email)
    if user := User.objects.filter(email=email).first():
        add_member(project_id=project_id, user=user, role=role, by=by)
        return Invited(email=email, role=role, link=f"{_public()}/projects/{project_id}")
    pending = Invitation.objects.filter(project_id=project_id, email=email).first()
    check_may_give(by, project_id, role, *([pending.role] if pending else []))
    invitation, _ = Invitation.objects.update_or_create(
        project_id=project_id, email=email, defaults={"role": role, "by": by, "sent_at": timezone.now()}
    )
    record(project_id=project_id, by=by, action=INVITATION, subject=email, after={"role": role})
    return Invited(email=email, role=role, link=link_of(invitation), expires_at=invitation.expires_at)


@transaction.atomic
def withdraw_invitation(*, project_id: int, invitation_id: int, by: User) -> None:
    """Void the link. Raises NotAllowed, or NotFound once it is used."""
    invitation = Invitation.objects.filter(pk=invitation_id, project_id=project_id).first()
    if invitation is None:
        raise NotFound(f"There is no invitation {invitation_id} in this project.")
    check_may_give(by, project_id, invitation.role)
    record(project_id=project_id, by=by, action=INVITATION, subject=invitation.email, before={"role": invitation.role})
    invitation.delete()


def link_of(invitation: Invitation) -> str:
    token = signing.dumps([invitation.pk, invitation.sent_at.isoformat()], salt=SALT)
    return f"{_public()}/invitation/{token}"


def invitation_of(token: str) -> Invitation:
    """Raises NotFound for a link that is forged, used, expired, or followed by a newer one."""
    gone = NotFound("This invitation is used, withdrawn or older than 7 days. Ask for a new one.")
    try:
        pk, sent_at = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise gone from error
    invitation = Invitation.objects.select_related("project", "by").filter(pk=pk).first()
    if invitation is None or invitation.sent_at.isoformat() != sent_at or invitation.expires_at < timezone.now():
        raise gone
    return invitation


@transaction.atomic
def accept(*, token: str, name: str, password: str) -> tuple[User, int]:
    """Who becomes a member of which project: somebody new with this password, or the owner of the account.

    Raises NotFound as `invitation_of` does, InvalidInput for a password that is too weak or not the account's.
    """
    invitation = invitation_of(token)
    # Of two that hold the link, one comes first.
    if not Invitation.objects.filter(pk=invitation.pk, sent_at=invitation.sent_at).delete()[0]:
        raise NotFound("This invitation is used.")
    user = User.objects.filter(email=invitation.email).first()
    if user is None:
        user = _new_user(invitation.email, name, password)
    elif not (user.is_active and user.check_password(password)):
        raise InvalidInput("This address has an account already; enter its password.", field="password")
    Membership.objects.get_or_create(user=user, project_id=invitation.project_id, defaults={"role": invitation.role})
    record(
        project_id=invitation.project_id,
        by=user,
        action=AuditEntry.Action.MEMBER,
        subject=user.email,
        after={"role": invitation.role, "invited_by": invitation.by.email},
    )
    return user, invitation.project_id


def _new_user(email: str, name: str, password: str) -> User:
    check_password(password, User(email=email, name=name))
    return User.objects.create_user(email, password, name=name.strip())


def check_password(password: str, user: User) -> None:
    """Raises InvalidInput for a password that Django's validators find too weak."""
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise InvalidInput(" ".join(weak.messages), field="password") from weak


def valid_email(email: str) -> str:
    """In lower case, as accounts keep it. Raises InvalidInput."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidInput("This is no e-mail address.", field="email") from error
    return email


def mail(invited: Invited, *, project: str, by: User) -> bool:
    """Send the link; False, and a line in the log, if the mail server would not take it."""
    until = f"\nThe link works once, until {invited.expires_at:%d %B %Y %H:%M} UTC.\n" if invited.expires_at else ""
    text = TEXT.format(by=by.name or by.email, project=project, role=invited.role, link=invited.link, until=until)
    try:
        send_mail(" ".join(f"[{project}] You are invited".split()), text, None, [invited.email])
    except (SMTPException, OSError) as error:
        log.warning("invitation_not_mailed", error=str(error))
        return False
    return True


def _public() -> str:
    return str(settings.HEEDFUL_PUBLIC_URL).rstrip("/")
