"""Notifications: what happened, which of it comes by e-mail, and the webhooks that are told."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from ninja import Schema
from pydantic import Field

from heedful.api.schemas.common import DeliveryState, KindFilter, NotificationKind

Url = Annotated[str, Field(min_length=1, max_length=500)]
SomeKinds = Annotated[set[KindFilter], Field(min_length=1)]


class NotificationOut(Schema):
    """`path` is the page that shows it."""

    id: int
    kind: NotificationKind
    sentence: str
    path: str
    at: datetime
    read: bool


class NotificationPage(Schema):
    """`unread` counts all of them, whatever the page lists."""

    count: int
    unread: int
    items: list[NotificationOut]


class EmailSettingsIn(Schema):
    kinds: set[KindFilter]


class EmailSettingsOut(Schema):
    """`choices` are the kinds that the caller is told of at all. `available`: whether this Heedful sends mail.

    `problem` says why the latest mail to the caller is not sent yet, if it is not.
    """

    kinds: list[NotificationKind]
    choices: list[NotificationKind]
    available: bool
    problem: str


class WebhookIn(Schema):
    url: Url
    kinds: SomeKinds


class WebhookPatch(Schema):
    """Only what is given is changed."""

    url: Url | None = None
    kinds: SomeKinds | None = None
    enabled: bool | None = None


class WebhookOut(Schema):
    """`waiting` and `failed` count its deliveries that are still tried and that were given up."""

    id: int
    url: str
    kinds: list[NotificationKind]
    enabled: bool
    created_at: datetime
    waiting: int
    failed: int


class NewWebhookOut(WebhookOut):
    """Shown once: the secret cannot be read again, only replaced."""

    secret: str


class SecretOut(Schema):
    secret: str


class DeliveryAttemptOut(Schema):
    """`status` is None where the receiver gave none, and `error` says why."""

    number: int
    at: datetime
    status: int | None
    excerpt: str
    error: str
    seconds: float | None


class DeliveryOut(Schema):
    """`uid` is what the receiver knows it by; `kind` may also be `test`. `next_try_at` only while it waits."""

    id: int
    uid: UUID
    kind: str
    sentence: str
    state: DeliveryState
    made_at: datetime
    next_try_at: datetime | None
    attempts: list[DeliveryAttemptOut]


class DeliveryPage(Schema):
    count: int
    items: list[DeliveryOut]
