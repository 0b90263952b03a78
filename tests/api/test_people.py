"""The People page: members, invitations, annotators, tiers, and who changed what."""

from decimal import Decimal

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from heedful.accounts.models import User
from heedful.labeling.models import Annotator
from tests.accounts.people import logged_in, member
from tests.factories import hear, know, queue, tier_of

ADA, STRONG = "ada@example.com", "a battery staple"


@pytest.fixture(autouse=True)
def unthrottled() -> None:
    cache.clear()


@pytest.fixture
def at(project) -> str:
    return f"/api/projects/{project.pk}"


def send(browser, method: str, path: str, body: object = None):
    return getattr(browser, method)(path, body or {}, content_type="application/json")


def invite(browser, at: str, **changes: object):
    return send(browser, "post", f"{at}/invitations", {"email": ADA, "role": "viewer", **changes})


def test_an_annotator_is_invited_joins_and_sees_their_own_work_alone(browser, project, at):
    tier = tier_of(project, "expert")
    invited = invite(browser, at, role="annotator", tier_id=tier.pk).json()
    assert (invited["mailed"], mail.outbox[0].to, invited["link"] in mail.outbox[0].body) == (True, [ADA], True)
    shown = browser.get(f"{at}/people").json()
    assert [one["email"] for one in shown["invitations"]] == [ADA]
    assert [(one["email"], one["tier"], one["in_label_studio"]) for one in shown["annotators"]] == [
        (ADA, "expert", False)
    ]
    ada, token = Client(), invited["link"].rpartition("/")[2]
    assert ada.get(f"/api/invitations/{token}").json()["project"] == project.name
    joined = send(ada, "post", f"/api/invitations/{token}/accept", {"name": "Ada", "password": STRONG})
    assert (joined.status_code, joined.json()["email"]) == (200, ADA)
    assert ada.get(f"{at}/my-queue").json()["tier"] == "expert"
    assert ada.get(f"{at}/budget").status_code == 403
    assert browser.get(f"{at}/people").json()["invitations"] == []


def test_a_link_is_shown_to_whoever_made_it_and_to_nobody_else(browser, at):
    link = invite(browser, at).json()["link"]
    assert link.rpartition("/")[2] not in browser.get(f"{at}/people").content.decode()


def test_without_a_mail_server_the_link_is_handed_over_by_hand(browser, at, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    invited = invite(browser, at).json()
    assert (invited["mailed"], "/invitation/" in invited["link"]) == (False, True)


def test_an_invitation_is_withdrawn(browser, at):
    token = invite(browser, at).json()["link"].rpartition("/")[2]
    (pending,) = browser.get(f"{at}/people").json()["invitations"]
    assert browser.delete(f"{at}/invitations/{pending['id']}").status_code == 204
    assert Client().get(f"/api/invitations/{token}").status_code == 404


def test_links_cannot_be_guessed_at_leisure(db):
    stranger = Client()
    statuses = [
        send(stranger, "post", "/api/invitations/x/accept", {"password": STRONG}).status_code for _ in range(21)
    ]
    assert statuses == [404] * 20 + [429]


def test_inventing_addresses_does_not_outwit_the_throttle(db):
    statuses = {
        Client(headers={"X-Forwarded-For": f"10.0.0.{number}"})
        .post("/api/login", {"email": "a@example.com", "password": "x"}, content_type="application/json")
        .status_code
        for number in range(21)
    }
    assert 429 in statuses


def test_roles_are_changed_and_people_leave(browser, project, at):
    viewer = member(project, "viewer")
    assert send(browser, "patch", f"{at}/members/{viewer.pk}", {"role": "manager"}).json()["role"] == "manager"
    assert logged_in(viewer).post(f"{at}/leave").status_code == 204
    assert logged_in(viewer).get(at).status_code == 404
    refused = browser.post(f"{at}/leave")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


def test_a_manager_cannot_make_themselves_an_owner(project, at):
    manager = member(project, "manager")
    refused = send(logged_in(manager), "patch", f"{at}/members/{manager.pk}", {"role": "owner"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


def test_an_unknown_annotator_is_shown_with_what_assigning_would_charge(browser, project, at, pool):
    for item in queue(project, pool[:2]):
        hear(item, "good", tier=None, person=7, lead_time=90.0)
    (shown,) = browser.get(f"{at}/people").json()["annotators"]
    assert (shown["tier"], shown["answers"], shown["unpriced"], shown["rate"]) == (None, 2, 2, None)
    tier, path = tier_of(project, "weak"), f"{at}/annotators/{shown['id']}"
    preview = browser.get(f"{path}/assigning?tier_id={tier.pk}").json()
    assert preview == {"answers": 2, "amount": "0.2000", "currency": "USD"}
    assigned = send(browser, "patch", path, {"tier_id": tier.pk}).json()
    assert (assigned["tier"], assigned["unpriced"], assigned["answers_this_month"]) == ("weak", 0, 2)
    assert (assigned["minutes_this_month"], assigned["rate"]["amount"]) == (3.0, "0.1000")
    project.budget.refresh_from_db()
    assert project.budget.spent == Decimal("0.2")


def test_an_annotator_is_paused_and_resumed(browser, project, at):
    path = f"{at}/annotators/{know(project).pk}"
    assert send(browser, "patch", path, {"state": "paused"}).json()["state"] == "paused"
    assert Annotator.objects.get().state == Annotator.State.PAUSED
    assert send(browser, "patch", path, {"state": "active"}).json()["state"] == "active"
    assert send(browser, "patch", f"{at}/annotators/999", {"state": "paused"}).status_code == 404


def test_a_tier_is_added_and_gets_its_rate(browser, project, at):
    made = send(browser, "put", f"{at}/tiers/weak", {"claimed_accuracy": 0.8}).json()
    assert (made["kind"], made["rate"]) == ("weak", None)
    rate = {"kind": "per_label", "amount": "0.25", "tier_id": made["id"]}
    assert send(browser, "post", f"{at}/rates", rate).status_code == 201
    tiers = {one["kind"]: one for one in browser.get(f"{at}/people").json()["tiers"]}
    assert (tiers["weak"]["claimed_accuracy"], tiers["weak"]["rate"]["amount"]) == (0.8, "0.2500")
    assert send(browser, "put", f"{at}/tiers/wizard", {"claimed_accuracy": 0.8}).status_code == 422


def test_who_changed_what_is_on_record(browser, owner, project, at, pool):
    send(browser, "patch", at, {"round_size": 12})
    send(browser, "patch", at, {"round_size": 12})
    item, *_ = queue(project, pool[:2])
    browser.post(f"{at}/queue/{item.pk}/withdraw")
    send(browser, "post", f"{at}/webhooks", {"url": "https://example.com/hook", "kinds": ["round_closed"]})
    send(browser, "put", f"{at}/notifications/email", {"kinds": ["round_closed"]})
    page = browser.get(f"{at}/activity").json()
    assert [one["action"] for one in page["items"]] == [
        *("notifications", "notifications", "item_withdrawn", "settings", "rule", "project_created")
    ]
    assert {one["by"] for one in page["items"]} == {owner.email}
    (settings,) = browser.get(f"{at}/activity?action=settings").json()["items"]
    assert (settings["before"], settings["after"]) == ({"round_size": 10}, {"round_size": 12})


def test_the_record_is_read_by_person_and_page_by_page(browser, owner, project, at):
    manager = member(project, "manager")
    send(logged_in(manager), "patch", at, {"round_size": 12})
    mine = browser.get(f"{at}/activity?by={manager.pk}").json()
    assert (mine["count"], mine["items"][0]["by"]) == (1, manager.email)
    last = browser.get(f"{at}/activity?offset=2&limit=1").json()
    assert (last["count"], last["items"][0]["action"]) == (3, "project_created")


def test_a_secret_is_on_record_as_replaced_and_never_itself(browser, project, at):
    made = send(browser, "post", f"{at}/webhooks", {"url": "https://example.com/", "kinds": ["round_closed"]}).json()
    secret = browser.post(f"{at}/webhooks/{made['id']}/secret").json()["secret"]
    record = browser.get(f"{at}/activity").content.decode()
    assert secret not in record
    assert made["secret"] not in record


def test_ones_own_name_and_password(browser, owner):
    assert send(browser, "patch", "/api/me", {"name": " Grace "}).json()["name"] == "Grace"
    wrong = send(browser, "post", "/api/me/password", {"current": "wrong", "password": STRONG})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "current")
    weak = send(browser, "post", "/api/me/password", {"current": "correct horse", "password": "12345678"})
    assert (weak.status_code, weak.json()["field"]) == (422, "password")
    other = logged_in(owner)
    done = send(browser, "post", "/api/me/password", {"current": "correct horse", "password": STRONG})
    assert done.status_code == 204
    assert User.objects.get(pk=owner.pk).check_password(STRONG)
    assert (browser.get("/api/me").status_code, other.get("/api/me").status_code) == (200, 401)
