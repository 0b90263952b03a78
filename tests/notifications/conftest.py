"""A receiver, an endpoint that leads to it, and a clock that the tests move."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from heedful.accounts.models import Membership, User
from heedful.notifications.models import Notification, WebhookEndpoint
from heedful.notifications.webhooks import add_endpoint
from tests.notifications.receiver import Receiver, running


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock(db: None) -> Clock:
    clock = Clock()
    # What the test makes is due at once.
    clock.move(timedelta(minutes=1))
    return clock


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running() as receiver:
        yield receiver


@pytest.fixture
def inside(settings) -> None:
    """This server lets webhooks lead to its own network, where the receiver is."""
    settings.WEBHOOK_PRIVATE_ADDRESSES = True


@pytest.fixture
def endpoint(project, receiver, inside) -> WebhookEndpoint:
    return add_endpoint(project_id=project.pk, url=receiver.url, kinds=list(Notification.Kind))


@pytest.fixture
def viewer(project) -> User:
    user = User.objects.create_user("viewer@example.com", "correct horse")
    Membership.objects.create(user=user, project=project, role="viewer")
    return user
