"""Every operation of the API, asked by everybody: what comes back follows the table of permissions and nothing else."""

import re
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from heedful.accounts.models import ApiToken, Membership, User
from heedful.accounts.permissions import TABLE, Permission, Role
from heedful.api.api import api
from heedful.core.errors import NotAllowed
from heedful.projects.models import Project
from tests.factories import make_project

PUBLIC = {"login", "getInvitation", "acceptInvitation"}
"""For those who are nobody yet."""
SELF = {
    *("me", "changeMe", "changePassword", "logout", "listTokens", "createToken", "deleteToken"),
    *("listPermissions", "listBackbones", "listProjects", "createProject"),
    *("listOwnModels", "addOwnModel", "removeOwnModel", "listMethodsOfOwn", "inspectOwn"),
}
"""About the caller alone, for whoever is logged in."""
NO_OPERATION = {Permission.APPOINT}
"""Asked for beside another, by the roles that are given and taken."""


def operations() -> Iterator[tuple[str, str, str, str | None]]:
    """Method, path, id and permission."""
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, one in methods.items():
            yield method, path, one["operationId"], one.get("x-permission")


OF_PROJECTS = [one for one in operations() if one[3]]


@pytest.fixture(autouse=True)
def unthrottled() -> None:
    cache.clear()


@pytest.fixture
def project(db: None) -> Project:
    return make_project(owner=User.objects.create_user("founder@example.com", "correct horse"))


@pytest.fixture
def people(project: Project) -> dict[str, User | None]:
    """Somebody in each role, a superuser, a stranger and nobody."""
    users = {one: User.objects.create_user(f"{one}@example.com", "correct horse") for one in [*Role, "stranger"]}
    Membership.objects.bulk_create(Membership(user=users[role], project=project, role=role) for role in Role)
    root = User.objects.create_superuser("root@example.com", "correct horse")
    return {**users, "superuser": root, "nobody": None}


def ask(client: Client, method: str, path: str, project: Project):
    path = re.sub(r"\{(\w+)\}", lambda found: str(project.pk if found[1] == "project_id" else 1), path)
    return client.generic(method.upper(), path, data="{}", content_type="application/json")


def verdict(answer) -> str:
    """Who the API takes the caller for."""
    body = answer.json() if answer.status_code >= 400 else {}
    if answer.status_code == 404 and "not a member" in body["message"]:
        return "outside"
    return {401: "unknown", 403: "refused"}.get(answer.status_code, "admitted")


def expected(permission: str) -> dict[str, str]:
    roles = TABLE[Permission(permission)].roles
    inside = {str(role): "admitted" if role in roles else "refused" for role in Role}
    return {**inside, "superuser": "admitted", "stranger": "outside", "nobody": "unknown"}


@pytest.mark.parametrize(
    ("method", "path", "operation", "permission"), OF_PROJECTS, ids=[one[2] for one in OF_PROJECTS]
)
def test_an_operation_answers_those_whom_the_table_names(project, people, method, path, operation, permission):
    found = {}
    for name, user in people.items():
        client = Client()
        if user:
            client.force_login(user)
        found[str(name)] = verdict(ask(client, method, path, project))
    assert found == expected(permission)


def test_a_token_may_what_its_user_may(project, people):
    found = {}
    for name, user in people.items():
        secret = ApiToken.issue(user=user, name="script")[1] if user else "wrong"
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        found[str(name)] = verdict(ask(client, "get", "/api/projects/{project_id}/budget", project))
    assert found == expected(Permission.SEE_MONEY)


def test_every_operation_names_its_permission_or_is_one_of_the_few_that_have_none():
    without = {operation for _, _, operation, permission in operations() if permission is None}
    assert without == PUBLIC | SELF
    assert not [path for _, path, _, permission in operations() if permission is None and "{project_id}" in path]


def test_no_operation_hides_from_the_documentation():
    views = [view for router in api._get_bound_routers() for view in router.path_operations.values()]
    hidden = [one.operation_id for view in views for one in view.operations if not one.include_in_schema]
    assert views
    assert hidden == []


@pytest.mark.parametrize("operation", sorted(SELF))
def test_what_is_ones_own_needs_a_login(db, operation):
    method, path = next((method, path) for method, path, name, _ in operations() if name == operation)
    path = re.sub(r"\{\w+\}", "1", path)
    answer = Client().generic(method.upper(), path, "{}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_the_table_speaks_of_every_permission_and_each_guards_something():
    assert set(TABLE) == set(Permission)
    assert {permission for *_, permission in operations() if permission} == set(Permission) - NO_OPERATION


def test_nothing_is_read_of_what_is_sent_by_those_who_may_not_send_it(project, people):
    client = Client()
    client.force_login(people[Role.VIEWER])
    answer = client.patch(f"/api/projects/{project.pk}", "{broken", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (NotAllowed.status, NotAllowed.code)
    assert "viewer" in answer.json()["message"]


def test_an_annotator_sees_the_outline_of_a_project_and_no_money(project, people):
    client = Client()
    client.force_login(people[Role.ANNOTATOR])
    (listed,) = client.get("/api/projects").json()
    assert listed == client.get(f"/api/projects/{project.pk}/outline").json()
    assert set(listed) == {"id", "name", "problem", "classes", "role", "permissions", "created_at"}
    assert (listed["role"], listed["permissions"]) == ("annotator", ["outline", "own_work", "comment"])


def test_whoever_is_logged_in_may_start_a_project_of_their_own(people, project):
    client = Client()
    client.force_login(people["stranger"])
    assert client.get("/api/projects").json() == []
    mine = make_project(owner=people["stranger"], name="Mine")
    (listed,) = client.get("/api/projects").json()
    assert (listed["id"], listed["budget"]["limit"]) == (mine.pk, "100.0000")


def test_everybody_can_read_who_may_what(browser):
    lines = {one["permission"]: one for one in browser.get("/api/permissions").json()}
    assert lines["appoint"]["roles"] == ["owner"]
    assert "owners and managers" in lines["appoint"]["may"]
