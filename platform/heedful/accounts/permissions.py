"""Who may do what: the one table. Every operation of the API names the permission that it needs.

    owner       everything, and who else is an owner or a manager
    manager     runs the project: its loop, its money, its annotators and viewers
    annotator   labels: their own queue and their own answers, on which they may comment, and nothing else
    viewer      sees everything and changes nothing

A superuser may do everything in every project.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from heedful.accounts.models import Membership, User
from heedful.core.errors import NotAllowed, NotFound

Role = Membership.Role


class Permission(StrEnum):
    OUTLINE = "outline"
    OWN_WORK = "own_work"
    SEE = "see"
    PREDICT = "predict"
    SEE_MONEY = "see_money"
    SEE_PEOPLE = "see_people"
    SEE_ACTIVITY = "see_activity"
    BE_NOTIFIED = "be_notified"
    CHANGE_SETTINGS = "change_settings"
    IMPORT = "import"
    RUN_LOOP = "run_loop"
    CORRECT_LABELS = "correct_labels"
    COMMENT = "comment"
    CHANGE_MONEY = "change_money"
    MANAGE_PEOPLE = "manage_people"
    APPOINT = "appoint"
    MANAGE_WEBHOOKS = "manage_webhooks"


@dataclass(frozen=True, slots=True)
class Grant:
    """`sentence` goes on after “may”."""

    roles: frozenset[Role]
    sentence: str


MEMBERS = frozenset(Role)
LABELERS = frozenset({Role.OWNER, Role.MANAGER, Role.ANNOTATOR})
READERS = frozenset({Role.OWNER, Role.MANAGER, Role.VIEWER})
MANAGERS = frozenset({Role.OWNER, Role.MANAGER})
OWNERS = frozenset({Role.OWNER})

TABLE: Mapping[Permission, Grant] = {
    Permission.OUTLINE: Grant(MEMBERS, "see the project's name and classes and their own role, and leave it"),
    Permission.OWN_WORK: Grant(LABELERS, "see what waits for themselves as annotators, and their own answers"),
    Permission.SEE: Grant(READERS, "see the loop, the queue, the pool, the models and the jobs"),
    Permission.PREDICT: Grant(READERS, "have a model say what is on pictures of their own"),
    Permission.SEE_MONEY: Grant(READERS, "see the budget, the rates, the ledger and the payroll"),
    Permission.SEE_PEOPLE: Grant(READERS, "see who belongs to the project and what they answered"),
    Permission.SEE_ACTIVITY: Grant(READERS, "see who changed what"),
    Permission.BE_NOTIFIED: Grant(READERS, "get notifications and choose which come by e-mail"),
    Permission.CHANGE_SETTINGS: Grant(MANAGERS, "change the project's settings"),
    Permission.IMPORT: Grant(MANAGERS, "import samples"),
    Permission.RUN_LOOP: Grant(MANAGERS, "open rounds, withdraw items, start training, retry and cancel jobs"),
    Permission.CORRECT_LABELS: Grant(MANAGERS, "correct labels, take corrections back and close disputes"),
    Permission.COMMENT: Grant(
        LABELERS, "comment on samples and dispute their labels, as annotators only of what they answered"
    ),
    Permission.CHANGE_MONEY: Grant(MANAGERS, "change the budget, its rules and the rates, and decide what is owed"),
    Permission.MANAGE_PEOPLE: Grant(
        MANAGERS, "invite and remove annotators and viewers, and assign annotators to tiers and pause them"
    ),
    Permission.APPOINT: Grant(OWNERS, "appoint and remove owners and managers"),
    Permission.MANAGE_WEBHOOKS: Grant(MANAGERS, "see and change the webhooks and their secrets"),
}


def role_in(user: User, project_id: int) -> Role | None:
    role = Membership.objects.filter(user=user, project_id=project_id).values_list("role", flat=True).first()
    return Role(role) if role else None


def permissions_of(user: User, role: Role | None) -> list[Permission]:
    """What somebody in that role may do."""
    return [permission for permission, grant in TABLE.items() if user.is_superuser or role in grant.roles]


def may(user: User, project_id: int, permission: Permission) -> bool:
    return permission in permissions_of(user, role_in(user, project_id))


def check(user: User, project_id: int, permission: Permission) -> None:
    """Raises NotFound for those outside the project, NotAllowed for members whose role is not enough."""
    if user.is_superuser:
        return
    role = role_in(user, project_id)
    if role is None:
        raise NotFound(f"There is no project {project_id}, or you are not a member of it.")
    grant = TABLE[permission]
    if role not in grant.roles:
        enough = " or ".join(one.label.lower() for one in Role if one in grant.roles)
        raise NotAllowed(f"Only an {enough} may {grant.sentence}; your role in this project is {role.label.lower()}.")
