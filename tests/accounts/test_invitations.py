"""An invitation opens one project, once, for a week, to whoever holds its link."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from heedful.accounts.invitations import accept, invitation_of, invite, link_of, mail, withdraw_invitation
from heedful.accounts.models import Invitation, User
from heedful.accounts.permissions import Role, role_in
from heedful.core.errors import InvalidInput, NotAllowed, NotFound
from tests.accounts.people import PASSWORD, member
from tests.factories import make_project

EMAIL, STRONG = "ada@example.com", "a battery staple"


def token_of(link: str) -> str:
    return link.rpartition("/invitation/")[2]


@pytest.fixture
def token(project, owner) -> str:
    return token_of(invite(project_id=project.pk, email=EMAIL, role=Role.VIEWER, by=owner).link)


def test_who_accepts_gets_an_account_and_the_role(project, token):
    user, _ = accept(token=token, name=" Ada ", password=STRONG)
    assert (user.email, user.name, user.check_password(STRONG)) == (EMAIL, "Ada", True)
    assert role_in(user, project.pk) == Role.VIEWER


def test_a_link_is_good_once(token):
    accept(token=token, name="", password=STRONG)
    with pytest.raises(NotFound):
        accept(token=token, name="", password=STRONG)


def test_a_link_is_good_for_a_week(project, token):
    almost = Invitation.objects.get()
    almost.sent_at = timezone.now() - Invitation.LIFE + timedelta(minutes=1)
    almost.save()
    assert invitation_of(token_of(link_of(almost))) == almost
    almost.sent_at -= timedelta(minutes=2)
    almost.save()
    with pytest.raises(NotFound):
        invitation_of(token_of(link_of(almost)))


def test_a_forged_link_opens_nothing(token):
    for forged in (token[:-1] + ("x" if token[-1] != "x" else "y"), "x", "", token + "x"):
        with pytest.raises(NotFound):
            accept(token=forged, name="", password=STRONG)


def test_inviting_again_voids_the_link_before(project, owner, token):
    newer = token_of(invite(project_id=project.pk, email=EMAIL.upper(), role=Role.VIEWER, by=owner).link)
    with pytest.raises(NotFound):
        accept(token=token, name="", password=STRONG)
    assert accept(token=newer, name="", password=STRONG)[0].email == EMAIL


def test_a_withdrawn_invitation_opens_nothing(project, owner, token):
    withdraw_invitation(project_id=project.pk, invitation_id=Invitation.objects.get().pk, by=owner)
    with pytest.raises(NotFound):
        accept(token=token, name="", password=STRONG)


@pytest.mark.parametrize("weak", ["short", "password123", "31415926535", "ada@example.com"])
def test_a_weak_password_is_refused_and_the_link_stays_good(token, weak):
    with pytest.raises(InvalidInput) as refused:
        accept(token=token, name="", password=weak)
    assert refused.value.field == "password"
    assert not User.objects.filter(email=EMAIL).exists()
    assert accept(token=token, name="", password=STRONG)


def test_a_link_opens_only_the_project_it_was_made_for(project, owner, token):
    """Whoever may invite somebody elsewhere must not get into this project as them."""
    elsewhere = make_project(owner=User.objects.create_user("eve@example.com", PASSWORD), name="Elsewhere")
    eve = elsewhere.memberships.get().user
    theirs = token_of(invite(project_id=elsewhere.pk, email=EMAIL, role=Role.VIEWER, by=eve).link)
    accept(token=theirs, name="not Ada", password="chosen by Eve")
    assert role_in(User.objects.get(email=EMAIL), project.pk) is None
    with pytest.raises(InvalidInput):
        accept(token=token, name="Ada", password=STRONG)


def test_who_has_an_account_is_a_member_at_once(project, owner):
    colleague = User.objects.create_user("colleague@example.com", PASSWORD)
    invited = invite(project_id=project.pk, email="Colleague@example.com ", role=Role.MANAGER, by=owner)
    assert invited.expires_at is None
    assert role_in(colleague, project.pk) == Role.MANAGER
    assert not Invitation.objects.exists()


def test_an_account_that_was_made_meanwhile_joins_with_its_own_password(project, token):
    ada = User.objects.create_user(EMAIL, PASSWORD)
    with pytest.raises(InvalidInput):
        accept(token=token, name="", password=STRONG)
    assert accept(token=token, name="", password=PASSWORD) == (ada, project.pk)
    assert ada.check_password(PASSWORD)


def test_a_manager_invites_those_who_do_not_lead_and_renews_no_invitation_of_an_owner(project, owner):
    manager = member(project, Role.MANAGER)
    invite(project_id=project.pk, email=EMAIL, role=Role.ANNOTATOR, by=manager)
    with pytest.raises(NotAllowed):
        invite(project_id=project.pk, email="boss@example.com", role=Role.OWNER, by=manager)
    invite(project_id=project.pk, email="boss@example.com", role=Role.OWNER, by=owner)
    with pytest.raises(NotAllowed):
        invite(project_id=project.pk, email="boss@example.com", role=Role.VIEWER, by=manager)


@pytest.mark.parametrize("wrong", ["", "ada", "ada@", "a b@example.com", "ada@example.com\nBcc: all@example.com"])
def test_what_is_no_address_is_refused(project, owner, wrong):
    with pytest.raises(InvalidInput) as refused:
        invite(project_id=project.pk, email=wrong, role=Role.VIEWER, by=owner)
    assert refused.value.field == "email"


def test_the_mail_holds_the_link_and_until_when_it_works(project, owner):
    invited = invite(project_id=project.pk, email=EMAIL, role=Role.VIEWER, by=owner)
    assert mail(invited, project="Cells\r\nBcc: all@example.com", by=owner)
    (sent,) = outbox.outbox
    assert sent.to == [EMAIL]
    assert sent.subject == "[Cells Bcc: all@example.com] You are invited"
    assert invited.link in sent.body
    assert "The link works once" in sent.body


def test_a_mail_server_that_does_not_answer_stops_nobody(project, owner, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    invited = invite(project_id=project.pk, email=EMAIL, role=Role.VIEWER, by=owner)
    assert mail(invited, project="Cells", by=owner) is False
