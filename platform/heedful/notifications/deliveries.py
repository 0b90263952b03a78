"""Notifications to webhooks: signed, posted, and every attempt logged."""

import hashlib
import hmac
import json

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from heedful import __version__
from heedful.notifications.models import Delivery, DeliveryAttempt, DeliveryQuerySet
from heedful.notifications.posting import post
from heedful.notifications.sending import Clock, Progress, begin, end, put_off

log = structlog.get_logger(__name__)


def send_deliveries(*, project_id: int, on_progress: Progress, clock: Clock = timezone.now) -> None:
    """Post what is due, the longest waiting first."""
    due = list(_due(project_id, clock).order_by("next_try_at", "pk").values_list("pk", flat=True))
    for number, pk in enumerate(due):
        on_progress(number, len(due))
        # Read again: meanwhile it may have been sent or put off, its endpoint changed or disabled.
        delivery = _due(project_id, clock).select_related("endpoint__project", "notification").filter(pk=pk).first()
        if delivery is not None and (attempt := _begin(delivery, clock)):
            _post(delivery, attempt, clock)


def _due(project_id: int, clock: Clock) -> DeliveryQuerySet:
    return Delivery.objects.due(clock()).filter(endpoint__project_id=project_id)


@transaction.atomic
def _begin(delivery: Delivery, clock: Clock) -> DeliveryAttempt | None:
    if not begin(delivery, clock()):
        return None
    return DeliveryAttempt.objects.create(delivery=delivery, number=delivery.attempt, at=clock())


def _post(delivery: Delivery, attempt: DeliveryAttempt, clock: Clock) -> None:
    body = body_of(delivery)
    timestamp = str(int(attempt.at.timestamp()))
    answer = post(
        delivery.endpoint.url,
        headers={
            "Content-Type": "application/json",
            "User-Agent": f"Heedful/{__version__}",
            "X-Heedful-Event": delivery.kind,
            "X-Heedful-Delivery": str(delivery.uid),
            "X-Heedful-Timestamp": timestamp,
            "X-Heedful-Signature": signature(delivery.endpoint.secret, timestamp, body),
        },
        body=body,
        private_allowed=settings.WEBHOOK_PRIVATE_ADDRESSES,
    )
    if not answer.ok:
        log.warning("webhook_not_delivered", delivery_id=delivery.pk, attempt=attempt.number, error=answer.error)
    if answer.status is None:
        put_off(_due(delivery.endpoint.project_id, clock).filter(endpoint=delivery.endpoint), clock())
    with transaction.atomic():
        DeliveryAttempt.objects.filter(pk=attempt.pk).update(
            status=answer.status, excerpt=answer.excerpt, error=answer.error, seconds=answer.seconds
        )
        end(delivery, sent=answer.ok)


def body_of(delivery: Delivery) -> bytes:
    """What the receiver reads. `id` is the delivery's and so is signed; the header of the same value is not."""
    notification, project = delivery.notification, delivery.endpoint.project
    overview = f"{settings.HEEDFUL_PUBLIC_URL.rstrip('/')}/projects/{project.pk}"
    content = {
        "id": str(delivery.uid),
        "kind": delivery.kind,
        "project": {"id": project.pk, "name": project.name},
        "sentence": delivery.sentence,
        "url": notification.url if notification else overview,
        "at": (notification.at if notification else delivery.made_at).isoformat(),
    }
    return json.dumps(content, ensure_ascii=False).encode()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Over the time as well, so that a receiver can refuse what somebody recorded and sends again."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
