"""Who is asking, and what they may do. Nothing under /api/ is readable without this.

An operation on a project names its permission once, in its route: `**needs(Permission.SEE)`. It is checked before any
input is read, shown in the documentation, and without it `project_of` hands out nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypedDict, cast

from django.http import HttpRequest
from django.utils import timezone
from ninja import security
from ninja.security.base import AuthBase

from heedful.accounts.models import ApiToken, User
from heedful.accounts.permissions import Permission, check
from heedful.core.errors import NotFound
from heedful.projects.models import Project

USED_AGAIN_AFTER = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Admitted:
    """Somebody who may do what the operation does, in that project; in an operation of no project, `project_id` is
    None."""

    user: User
    project_id: int | None

    def __str__(self) -> str:
        # The name under which a throttle counts them.
        return str(self.user)


def _admit(request: HttpRequest, user: User, permission: Permission | None) -> Admitted:
    """Raises NotFound for those outside the project, NotAllowed for members whose role is not enough."""
    if permission is None:
        return Admitted(user, project_id=None)
    assert request.resolver_match is not None
    named = str(request.resolver_match.kwargs["project_id"])
    if not named.isdecimal():
        raise NotFound(f"There is no project {named}.")
    check(user, int(named), permission)
    return Admitted(user, project_id=int(named))


class TokenAuth(security.HttpBearer):
    """A program's token; only its digest is known here."""

    def __init__(self, permission: Permission | None = None) -> None:
        super().__init__()
        self.permission = permission

    def authenticate(self, request: HttpRequest, token: str) -> Admitted | None:
        found = (
            ApiToken.objects.select_related("user")
            .filter(digest=ApiToken.digest_of(token), user__is_active=True)
            .first()
        )
        if found is None:
            return None
        if found.last_used_at is None or timezone.now() - found.last_used_at > USED_AGAIN_AFTER:
            ApiToken.objects.filter(pk=found.pk).update(last_used_at=timezone.now())
        request.user = found.user
        return _admit(request, found.user, self.permission)


class SessionAuth(security.SessionAuth):
    """A browser's session, with its CSRF token."""

    def __init__(self, permission: Permission | None = None) -> None:
        super().__init__()
        self.permission = permission

    def authenticate(self, request: HttpRequest, key: str | None) -> Admitted | None:
        if not request.user.is_authenticated:
            return None
        return _admit(request, user_of(request), self.permission)


# A session is a browser's, so it must also show the CSRF token; asked first, it would refuse programs for lacking one.
AUTHENTICATION = [TokenAuth(), SessionAuth()]


class Needs(TypedDict):
    auth: Sequence[AuthBase]
    openapi_extra: dict[str, Any]


def needs(permission: Permission) -> Needs:
    """What a route of a project takes beside its own arguments: who may call it, and the documentation of that."""
    refusal = {
        "description": "Forbidden",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorOut"}}},
    }
    return {
        "auth": [TokenAuth(permission), SessionAuth(permission)],
        "openapi_extra": {"x-permission": permission.value, "responses": {403: refusal}},
    }


def user_of(request: HttpRequest) -> User:
    return cast(User, request.user)


def project_of(request: HttpRequest, project_id: int) -> Project:
    """The project to which the caller was admitted; an operation that names no permission admits to none."""
    admitted = cast(Any, request).auth
    if not isinstance(admitted, Admitted) or admitted.project_id != project_id:
        raise RuntimeError(f"{request.path} names no permission: give its route `**needs(Permission.…)`.")
    project = Project.objects.select_related("budget").filter(pk=project_id).first()
    if project is None:
        # A superuser is admitted everywhere, also where there is nothing.
        raise NotFound(f"There is no project {project_id}.")
    return project
