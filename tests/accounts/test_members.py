"""Roles are given by those who may, and a project keeps an owner."""

from itertools import product

import pytest

from heedful.accounts.members import add_member, change_role, remove_member
from heedful.accounts.models import AuditEntry, User
from heedful.accounts.permissions import Role, role_in
from heedful.core.errors import Conflict, NotAllowed, NotFound
from tests.accounts.people import member
from tests.factories import make_project

LEADING = {Role.OWNER, Role.MANAGER}


@pytest.mark.parametrize(("by", "before", "after"), list(product(Role, repeat=3)))
def test_owners_give_every_role_and_managers_those_that_do_not_lead(project, by, before, after):
    giver, other = member(project, by, "giver@example.com"), member(project, before, "other@example.com")
    may = by == Role.OWNER or (by == Role.MANAGER and not LEADING & {before, after})
    if may:
        change_role(project_id=project.pk, user_id=other.pk, role=after, by=giver)
    else:
        with pytest.raises(NotAllowed):
            change_role(project_id=project.pk, user_id=other.pk, role=after, by=giver)
    assert role_in(other, project.pk) == (after if may else before)


def test_the_last_owner_is_neither_demoted_nor_gone(project, owner):
    with pytest.raises(Conflict):
        change_role(project_id=project.pk, user_id=owner.pk, role=Role.VIEWER, by=owner)
    with pytest.raises(Conflict):
        remove_member(project_id=project.pk, user_id=owner.pk, by=owner)
    assert role_in(owner, project.pk) == Role.OWNER


def test_of_two_owners_one_may_go(project, owner):
    member(project, Role.OWNER)
    remove_member(project_id=project.pk, user_id=owner.pk, by=owner)
    assert role_in(owner, project.pk) is None


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ANNOTATOR, Role.VIEWER])
def test_anybody_may_leave(project, role):
    user = member(project, role)
    remove_member(project_id=project.pk, user_id=user.pk, by=user)
    assert role_in(user, project.pk) is None


def test_a_manager_does_not_remove_an_owner(project, owner):
    manager = member(project, Role.MANAGER)
    with pytest.raises(NotAllowed):
        remove_member(project_id=project.pk, user_id=owner.pk, by=manager)


def test_a_manager_of_one_project_is_nobody_in_another(project):
    elsewhere = make_project(owner=User.objects.create_user("other@example.com", "correct horse"), name="Elsewhere")
    outsider, viewer = member(elsewhere, Role.OWNER), member(project, Role.VIEWER)
    with pytest.raises(NotFound):
        change_role(project_id=project.pk, user_id=viewer.pk, role=Role.OWNER, by=outsider)


def test_a_member_is_not_added_again(project, owner):
    viewer = member(project, Role.VIEWER)
    with pytest.raises(Conflict):
        add_member(project_id=project.pk, user=viewer, role=Role.MANAGER, by=owner)
    assert role_in(viewer, project.pk) == Role.VIEWER


def test_a_change_of_role_is_on_record_once(project, owner):
    viewer = member(project, Role.VIEWER)
    for _ in range(2):
        change_role(project_id=project.pk, user_id=viewer.pk, role=Role.MANAGER, by=owner)
    entry = AuditEntry.objects.get(action=AuditEntry.Action.MEMBER)
    assert (entry.by, entry.subject, entry.before, entry.after) == (
        owner,
        viewer.email,
        {"role": "viewer"},
        {"role": "manager"},
    )
