"""Notifications as the page uses them."""

import pytest

from heedful.accounts.models import User
from heedful.notifications.models import Delivery, WebhookEndpoint
from tests.factories import make_project
from tests.notifications.receiver import answering
from tests.notifications.telling import KIND, post_what_is_due, tell


@pytest.fixture
def at(project) -> str:
    return f"/api/projects/{project.pk}"


def send(browser, method: str, path: str, body: object):
    return getattr(browser, method)(path, body, content_type="application/json")


def test_what_is_unread_comes_first(browser, project, at):
    old, middle, new = (tell(project, sentence=name) for name in ("old", "middle", "new"))
    assert browser.post(f"{at}/notifications/{new.pk}/read").status_code == 204
    page = browser.get(f"{at}/notifications").json()
    assert [(one["id"], one["read"]) for one in page["items"]] == [(middle.pk, False), (old.pk, False), (new.pk, True)]
    assert (page["count"], page["unread"]) == (3, 2)
    assert page["items"][0]["path"] == f"/projects/{project.pk}"


def test_a_list_can_be_narrowed_while_the_count_of_unread_stays(browser, project, at):
    tell(project)
    read = tell(project, kind=KIND.ROUND_CLOSED)
    browser.post(f"{at}/notifications/{read.pk}/read")
    closed = browser.get(f"{at}/notifications?kind=round_closed").json()
    assert (closed["count"], closed["unread"]) == (1, 1)
    assert browser.get(f"{at}/notifications?unread=true").json()["count"] == 1


def test_reading_all(browser, project, at):
    tell(project)
    assert browser.post(f"{at}/notifications/read").status_code == 204
    assert browser.get(f"{at}/notifications").json()["unread"] == 0


def test_anothers_notification_cannot_be_read(browser, project, at):
    other = make_project(owner=User.objects.create_user("other@example.com", "correct horse"), name="Other")
    assert browser.post(f"{at}/notifications/{tell(other).pk}/read").status_code == 404


def test_mail_is_chosen_kind_by_kind(browser, at):
    before = browser.get(f"{at}/notifications/email").json()
    assert ("job_failed" in before["kinds"], before["choices"], before["available"]) == (True, sorted(KIND), True)
    after = send(browser, "put", f"{at}/notifications/email", {"kinds": ["round_closed"]})
    assert after.json()["kinds"] == ["round_closed"]
    refused = send(browser, "put", f"{at}/notifications/email", {"kinds": ["weather"]})
    assert (refused.status_code, refused.json()["field"]) == (422, "kinds.0")


def test_an_endpoints_secret_is_shown_when_it_is_made_and_when_it_is_replaced(browser, at, inside):
    made = send(browser, "post", f"{at}/webhooks", {"url": "http://127.0.0.1/", "kinds": ["round_closed"]})
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert secret == WebhookEndpoint.objects.get().secret
    listed = browser.get(f"{at}/webhooks")
    assert secret not in listed.content.decode()
    replaced = browser.post(f"{at}/webhooks/{made.json()['id']}/secret").json()["secret"]
    assert replaced == WebhookEndpoint.objects.get().secret != secret


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://example.com/", "example.com/hook", "https://", "https://user:word@example.com/", "http://a:99999/"),
        *("http://127.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest/meta-data", "http://10.1.2.3:8000/"),
        "http://exa\nmple.com/",
    ],
)
def test_an_address_that_cannot_or_must_not_be_posted_to_is_refused(browser, at, url):
    refused = send(browser, "post", f"{at}/webhooks", {"url": url, "kinds": ["round_closed"]})
    assert (refused.status_code, refused.json()["field"]) == (422, "url")
    assert not WebhookEndpoint.objects.exists()


def test_an_endpoint_listens_to_something(browser, at):
    refused = send(browser, "post", f"{at}/webhooks", {"url": "https://example.com/", "kinds": []})
    assert (refused.status_code, refused.json()["field"]) == (422, "kinds")


def test_an_endpoint_is_changed_and_removed(browser, at, endpoint):
    path = f"{at}/webhooks/{endpoint.pk}"
    changed = send(browser, "patch", path, {"enabled": False, "kinds": ["round_closed", "dispute"]}).json()
    assert (changed["enabled"], changed["kinds"]) == (False, ["dispute", "round_closed"])
    assert send(browser, "patch", path, {"url": "http://"}).status_code == 422
    assert browser.post(f"{path}/test").status_code == 409
    assert browser.delete(path).status_code == 204
    assert browser.get(f"{at}/webhooks").json() == []


def test_the_log_holds_each_attempt_and_a_button_makes_another(browser, project, at, endpoint, receiver, clock):
    path = f"{at}/webhooks/{endpoint.pk}"
    receiver.behaviours = [answering(500, b"out of order")]
    assert browser.post(f"{path}/test").status_code == 202
    post_what_is_due(project, clock)
    (failed,) = browser.get(f"{path}/deliveries?state=failed").json()["items"]
    assert (failed["kind"], failed["next_try_at"], len(failed["attempts"])) == ("test", None, 1)
    attempt = failed["attempts"][0]
    assert (attempt["status"], attempt["excerpt"]) == (500, "out of order")
    assert browser.get(f"{at}/webhooks").json()[0]["failed"] == 1
    again = browser.post(f"{path}/deliveries/{failed['id']}/redeliver")
    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    post_what_is_due(project, clock)
    page = browser.get(f"{path}/deliveries").json()
    assert (page["count"], page["items"][0]["state"], len(page["items"][0]["attempts"])) == (1, "sent", 2)


def test_the_log_has_pages(browser, project, at, endpoint):
    for _ in range(3):
        tell(project)
    page = browser.get(f"{at}/webhooks/{endpoint.pk}/deliveries?offset=1&limit=1").json()
    assert page["count"] == 3
    assert [one["id"] for one in page["items"]] == [Delivery.objects.order_by("pk")[1].pk]


def test_nothing_of_another_projects_endpoint_is_reached(browser, owner, at, endpoint):
    elsewhere = make_project(owner=owner, name="Elsewhere")
    tell(endpoint.project)
    path = f"/api/projects/{elsewhere.pk}/webhooks/{endpoint.pk}"
    delivery = endpoint.deliveries.get()
    assert browser.delete(path).status_code == 404
    assert browser.get(f"{path}/deliveries").status_code == 404
    assert browser.post(f"{path}/deliveries/{delivery.pk}/redeliver").status_code == 404
    assert browser.post(f"{path}/secret").status_code == 404
