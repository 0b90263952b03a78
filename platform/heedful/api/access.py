"""Who is asking, and what they may see. Nothing under /api/ is readable without this."""

from datetime import timedelta
from typing import cast

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer, SessionAuth

from heedful.accounts.models import ApiToken, User
from heedful.core.errors import NotFound
from heedful.projects.models import Project

USED_AGAIN_AFTER = timedelta(minutes=1)


class TokenAuth(HttpBearer):
    """A program's token; only its digest is known here."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
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
        return found.user


# A session is a browser's, so it must also show the CSRF token; asked first, it would refuse programs for lacking one.
AUTHENTICATION = [TokenAuth(), SessionAuth()]


def user_of(request: HttpRequest) -> User:
    return cast(User, request.user)


def project_of(request: HttpRequest, project_id: int) -> Project:
    """The project, if the caller belongs to it; otherwise it does not exist for them."""
    visible = Project.objects.visible_to(user_of(request)).select_related("budget", "rate")
    project = visible.filter(pk=project_id).first()
    if project is None:
        raise NotFound(f"There is no project {project_id}, or you are not a member of it.")
    return project
