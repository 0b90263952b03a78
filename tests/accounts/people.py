"""People of a project, made at once where nobody need be asked."""

from django.test import Client

from heedful.accounts.models import Membership, User
from heedful.projects.models import Project

PASSWORD = "correct horse"


def member(project: Project, role: str, email: str = "") -> User:
    user = User.objects.create_user(email or f"a-{role}@example.com", PASSWORD)
    Membership.objects.create(user=user, project=project, role=role)
    return user


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
