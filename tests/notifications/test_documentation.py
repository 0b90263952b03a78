"""What docs/extend.md tells the writer of a receiver is true."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from heedful.notifications.webhooks import rotate_secret
from tests.notifications.receiver import Heard
from tests.notifications.telling import post_what_is_due, tell

PAGE = Path(__file__).parents[2] / "docs" / "extend.md"


@pytest.fixture
def is_from_heedful() -> Callable[..., bool]:
    """The example, word for word."""
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (example,) = [one for one in examples if "def is_from_heedful" in one]
    names: dict[str, Any] = {}
    exec(example, names)
    return names["is_from_heedful"]


@pytest.fixture
def heard(project, endpoint, receiver) -> Heard:
    tell(project, sentence="„Größe“ is paused.")
    post_what_is_due(project, timezone.now)
    return receiver.heard[0]


def test_the_example_accepts_what_heedful_sends(is_from_heedful, heard, endpoint):
    assert is_from_heedful(endpoint.secret, heard.headers, heard.body)


def test_the_example_refuses_another_body_secret_or_time(is_from_heedful, heard, endpoint, monkeypatch):
    assert not is_from_heedful(endpoint.secret, heard.headers, heard.body.replace(b"paused", b"healed"))
    assert not is_from_heedful(rotate_secret(endpoint=endpoint), heard.headers, heard.body)
    later = heard.headers | {"X-Heedful-Timestamp": str(int(time.time()) + 60)}
    assert not is_from_heedful(endpoint.secret, later, heard.body)
    now = time.time() + timedelta(minutes=6).total_seconds()
    monkeypatch.setattr("time.time", lambda: now)
    assert not is_from_heedful(endpoint.secret, heard.headers, heard.body)


def test_the_example_of_a_body_has_the_fields_that_are_sent(heard):
    (example,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert re.findall(r'^  "(\w+)"', example, re.MULTILINE) == list(heard.said)
