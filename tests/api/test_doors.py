"""The doors beside the API: webhooks with their secret, media by signed address."""

import time

import pytest
from django.test import Client

from heedful.core.signing import media_url
from heedful.labeling.models import LabelStudioProject, WebhookEvent
from tests.factories import write_picture


@pytest.fixture
def hook(project) -> LabelStudioProject:
    return LabelStudioProject.objects.create(tier=project.tiers.get())


def deliver(hook: LabelStudioProject, secret: str, body: str = '{"action": "ANNOTATION_CREATED"}'):
    return Client().post(
        f"/hooks/label-studio/{hook.hook}/",
        body,
        content_type="application/json",
        headers={"X-Heedful-Secret": secret},
    )


def test_a_webhook_is_stored_word_for_word(hook):
    assert deliver(hook, hook.secret).status_code == 204
    assert WebhookEvent.objects.get().payload == {"action": "ANNOTATION_CREATED"}


@pytest.mark.parametrize(("secret", "body", "status"), [("wrong", "{}", 404), ("", "{}", 404), (None, "{broken", 400)])
def test_a_webhook_without_its_secret_or_sense_is_refused(hook, secret, body, status):
    assert deliver(hook, hook.secret if secret is None else secret, body).status_code == status
    assert not WebhookEvent.objects.exists()


def path_of(url: str) -> str:
    return url[url.index("/media/") :]


def test_media_is_served_to_whoever_holds_the_signed_address(tmp_path, db):
    picture = write_picture(tmp_path / "a.png")
    answer = Client().get(path_of(media_url(f"file://{picture}")))
    assert b"".join(answer) == picture.read_bytes()
    assert answer["Content-Type"] == "image/png"
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_a_signed_address_stays_the_same_for_a_while_and_then_expires(tmp_path, db, monkeypatch, settings):
    address = f"file://{write_picture(tmp_path / 'a.png')}"
    url = media_url(address)
    assert media_url(address) == url
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 2 * settings.MEDIA_URL_SECONDS + 1)
    assert media_url(address) != url
    assert Client().get(path_of(url)).status_code == 404


def test_a_forged_address_or_a_file_that_is_gone_gives_nothing(tmp_path, db):
    url = path_of(media_url(f"file://{tmp_path / 'gone.png'}"))
    assert Client().get(url).status_code == 404
    assert Client().get(url[:-2] + "xx").status_code == 404
    assert Client().get("/media/file:///etc/passwd").status_code == 404
