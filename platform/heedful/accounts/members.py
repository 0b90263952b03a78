"""Members of a project: their roles, and their leaving. A project always keeps an owner."""

from django.db import transaction

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, Membership, User
from heedful.accounts.permissions import MANAGERS, Permission, Role, check
from heedful.core.errors import Conflict, NotFound

MEMBER = AuditEntry.Action.MEMBER


def check_may_give(by: User, project_id: int, *roles: str) -> None:
    """Raises NotAllowed unless `by` may put somebody into, or out of, each of these roles."""
    appoints = any(role in MANAGERS for role in roles)
    check(by, project_id, Permission.APPOINT if appoints else Permission.MANAGE_PEOPLE)


@transaction.atomic
def add_member(*, project_id: int, user: User, role: str, by: User) -> Membership:
    """Raises NotAllowed, or Conflict for somebody who is a member already."""
    check_may_give(by, project_id, role)
    member, added = Membership.objects.get_or_create(user=user, project_id=project_id, defaults={"role": role})
    if not added:
        raise Conflict(f"{user} is a member already, as {member.role}. Change their role instead.")
    record(project_id=project_id, by=by, action=MEMBER, subject=user.email, after={"role": role})
    return member


@transaction.atomic
def change_role(*, project_id: int, user_id: int, role: str, by: User) -> Membership:
    """Raises NotAllowed, or Conflict when the project would be left without an owner."""
    member = _locked(project_id, user_id)
    check_may_give(by, project_id, member.role, role)
    before = member.role
    if role != Role.OWNER:
        _check_is_not_the_last_owner(member)
    member.role = role
    member.save(update_fields=["role"])
    record(
        project_id=project_id,
        by=by,
        action=MEMBER,
        subject=member.user.email,
        before={"role": before},
        after={"role": role},
    )
    return member


@transaction.atomic
def remove_member(*, project_id: int, user_id: int, by: User) -> User:
    """Anybody may leave by themselves. Raises as `change_role` does."""
    member = _locked(project_id, user_id)
    if by.pk != user_id:
        check_may_give(by, project_id, member.role)
    _check_is_not_the_last_owner(member)
    record(project_id=project_id, by=by, action=MEMBER, subject=member.user.email, before={"role": member.role})
    member.delete()
    return member.user


def _locked(project_id: int, user_id: int) -> Membership:
    """The membership, with its project's others held still: two owners must not leave at once."""
    members = {
        one.user_id: one
        for one in Membership.objects.select_for_update(of=("self",))
        .filter(project_id=project_id)
        .select_related("user")
        .order_by("pk")
    }
    if user_id not in members:
        raise NotFound(f"There is no member {user_id} in this project.")
    return members[user_id]


def _check_is_not_the_last_owner(member: Membership) -> None:
    others = Membership.objects.filter(project_id=member.project_id, role=Role.OWNER).exclude(pk=member.pk)
    if member.role == Role.OWNER and not others.exists():
        raise Conflict("A project needs an owner. Make somebody else an owner first.")
