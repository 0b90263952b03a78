"""Endpoints as managers keep them: where to, of what, with which secret; a test, and another try."""

from collections.abc import Collection, Mapping
from contextlib import suppress

import httpx
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.core.errors import Conflict, InvalidInput
from heedful.core.outside import check_address
from heedful.notifications.models import Delivery, Sending, WebhookEndpoint
from heedful.notifications.services import request_sending


@transaction.atomic
def add_endpoint(*, project_id: int, url: str, kinds: Collection[str], by: User | None = None) -> WebhookEndpoint:
    """A new endpoint with a secret of its own. Raises InvalidInput for an address that cannot be posted to."""
    _check_url(url)
    endpoint = WebhookEndpoint.objects.create(project_id=project_id, url=url, kinds=sorted(set(kinds)))
    _record(endpoint, by, after=_facts(endpoint))
    return endpoint


@transaction.atomic
def change_endpoint(*, endpoint: WebhookEndpoint, changes: Mapping[str, object], by: User | None = None) -> None:
    """Change what is named in `changes`: url, kinds, enabled. Raises InvalidInput."""
    if "url" in changes:
        _check_url(str(changes["url"]))
    before = _facts(endpoint)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**changes)
    endpoint.refresh_from_db()
    _record(endpoint, by, before=before, after=_facts(endpoint))


@transaction.atomic
def remove_endpoint(*, endpoint: WebhookEndpoint, by: User | None = None) -> None:
    """With its delivery log."""
    _record(endpoint, by, before=_facts(endpoint))
    endpoint.delete()


@transaction.atomic
def rotate_secret(*, endpoint: WebhookEndpoint, by: User | None = None) -> str:
    """A new secret in place of the old one, from the next attempt on."""
    secret: str = WebhookEndpoint._meta.get_field("secret").get_default()
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(secret=secret)
    _record(endpoint, by, after={"secret": "a new one"})
    return secret


def _facts(endpoint: WebhookEndpoint) -> Mapping[str, object]:
    return {"url": endpoint.url, "kinds": sorted(endpoint.kinds), "enabled": endpoint.enabled}


def _record(endpoint: WebhookEndpoint, by: User | None, **changed: Mapping[str, object]) -> None:
    action = AuditEntry.Action.NOTIFICATIONS
    record(project_id=endpoint.project_id, by=by, action=action, subject=str(endpoint), **changed)


@transaction.atomic
def send_test(*, endpoint: WebhookEndpoint) -> Delivery:
    """A delivery that tells of nothing, tried once. Raises Conflict for a disabled endpoint."""
    _check_enabled(endpoint)
    delivery = Delivery.objects.create(endpoint=endpoint)
    request_sending(endpoint.project_id)
    return delivery


@transaction.atomic
def redeliver(*, delivery: Delivery) -> None:
    """One more attempt now, whatever came of the last. Raises Conflict for a disabled endpoint."""
    _check_enabled(delivery.endpoint)
    Delivery.objects.filter(pk=delivery.pk).update(state=Sending.State.WAITING, next_try_at=timezone.now())
    request_sending(delivery.endpoint.project_id)


def _check_enabled(endpoint: WebhookEndpoint) -> None:
    if not endpoint.enabled:
        raise Conflict("This endpoint is disabled. Enable it, then try again.")


def _check_url(url: str) -> None:
    """What can be known without asking anybody: the addresses behind a name are checked when it is posted to."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise InvalidInput(f"This is no address: {error}.", field="url") from error
    if parsed.scheme not in ("http", "https") or not parsed.host or (parsed.port or 0) > 65535:
        raise InvalidInput("Enter an address that begins with https:// or http:// and names a host.", field="url")
    if parsed.userinfo:
        raise InvalidInput("Leave user name and password out: the signature proves who posts.", field="url")
    if not settings.WEBHOOK_PRIVATE_ADDRESSES:
        with suppress(ValueError):  # A name, not a number.
            check_address(parsed.host)
