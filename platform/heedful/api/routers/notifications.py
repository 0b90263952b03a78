"""Notifications: what happened and what was read, e-mail, and webhooks with their delivery log."""

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from ninja import Router, Status

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of, user_of
from heedful.api.paging import Limit, Offset
from heedful.api.schemas.common import DeliveryFilter, ErrorOut, KindFilter
from heedful.api.schemas.notifications import (
    DeliveryAttemptOut,
    DeliveryOut,
    DeliveryPage,
    EmailSettingsIn,
    EmailSettingsOut,
    NewWebhookOut,
    NotificationOut,
    NotificationPage,
    SecretOut,
    WebhookIn,
    WebhookOut,
    WebhookPatch,
)
from heedful.core.errors import NotFound
from heedful.notifications.models import Delivery, Mail, WebhookEndpoint
from heedful.notifications.recipients import choose_mail, mailed_kinds, sends_mail, shown_kinds, shown_to, unread_first
from heedful.notifications.services import mark_all_read, mark_read
from heedful.notifications.webhooks import (
    add_endpoint,
    change_endpoint,
    redeliver,
    remove_endpoint,
    rotate_secret,
    send_test,
)
from heedful.projects.models import Project

router = Router(tags=["notifications"])
NOTIFICATIONS = "/projects/{project_id}/notifications"
WEBHOOKS = "/projects/{project_id}/webhooks"
WEBHOOK = WEBHOOKS + "/{webhook_id}"


@router.get(
    NOTIFICATIONS,
    operation_id="listNotifications",
    response={200: NotificationPage, 404: ErrorOut},
    **needs(Permission.BE_NOTIFIED),
)
def list_notifications(
    request: HttpRequest,
    project_id: int,
    unread: bool = False,
    kind: KindFilter | None = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> NotificationPage:
    """What the caller is told of: unread first, then newest first."""
    user = user_of(request)
    everything = shown_to(user, project_of(request, project_id).pk)
    still_unread = everything.exclude(read_by=user)
    rows = still_unread if unread else everything
    rows = rows.filter(kind=kind) if kind else rows
    return NotificationPage(
        count=rows.count(),
        unread=still_unread.count(),
        items=[NotificationOut.from_orm(one) for one in unread_first(rows, user)[offset : offset + limit]],
    )


@router.post(
    f"{NOTIFICATIONS}/read",
    operation_id="readAllNotifications",
    response={204: None, 404: ErrorOut},
    **needs(Permission.BE_NOTIFIED),
)
def read_all_notifications(request: HttpRequest, project_id: int) -> Status[None]:
    mark_all_read(user=user_of(request), project_id=project_of(request, project_id).pk)
    return Status(204, None)


@router.post(
    NOTIFICATIONS + "/{notification_id}/read",
    operation_id="readNotification",
    response={204: None, 404: ErrorOut},
    **needs(Permission.BE_NOTIFIED),
)
def read_notification(request: HttpRequest, project_id: int, notification_id: int) -> Status[None]:
    project = project_of(request, project_id)
    mark_read(user=user_of(request), project_id=project.pk, notification_id=notification_id)
    return Status(204, None)


@router.get(
    f"{NOTIFICATIONS}/email",
    operation_id="getEmailSettings",
    response={200: EmailSettingsOut, 404: ErrorOut},
    **needs(Permission.BE_NOTIFIED),
)
def get_email_settings(request: HttpRequest, project_id: int) -> EmailSettingsOut:
    """The caller's own, in this project."""
    user, project = user_of(request), project_of(request, project_id)
    latest = Mail.objects.filter(user=user, notification__project=project).order_by("pk").last()
    return EmailSettingsOut(
        kinds=sorted(mailed_kinds(user, project.pk)),
        choices=sorted(shown_kinds(user, project.pk)),
        available=sends_mail(),
        problem=latest.error if latest else "",
    )


@router.put(
    f"{NOTIFICATIONS}/email",
    operation_id="putEmailSettings",
    response={200: EmailSettingsOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.BE_NOTIFIED),
)
def put_email_settings(request: HttpRequest, project_id: int, payload: EmailSettingsIn) -> EmailSettingsOut:
    project = project_of(request, project_id)
    choose_mail(user=user_of(request), project_id=project.pk, kinds=payload.kinds)
    return get_email_settings(request, project_id)


@router.get(
    WEBHOOKS,
    operation_id="listWebhooks",
    response={200: list[WebhookOut], 404: ErrorOut},
    **needs(Permission.MANAGE_WEBHOOKS),
)
def list_webhooks(request: HttpRequest, project_id: int) -> QuerySet[WebhookEndpoint]:
    return _counted(project_of(request, project_id)).order_by("pk")


@router.post(
    WEBHOOKS,
    operation_id="createWebhook",
    response={201: NewWebhookOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.MANAGE_WEBHOOKS),
)
def create_webhook(request: HttpRequest, project_id: int, payload: WebhookIn) -> Status[WebhookEndpoint]:
    project = project_of(request, project_id)
    made = add_endpoint(project_id=project.pk, url=payload.url, kinds=payload.kinds, by=user_of(request))
    return Status(201, _counted(project).get(pk=made.pk))


@router.patch(
    WEBHOOK,
    operation_id="updateWebhook",
    response={200: WebhookOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.MANAGE_WEBHOOKS),
)
def update_webhook(request: HttpRequest, project_id: int, webhook_id: int, payload: WebhookPatch) -> WebhookEndpoint:
    project = project_of(request, project_id)
    changes = payload.model_dump(exclude_none=True)
    if "kinds" in changes:
        changes["kinds"] = sorted(changes["kinds"])
    change_endpoint(endpoint=_webhook(project, webhook_id), changes=changes, by=user_of(request))
    return _counted(project).get(pk=webhook_id)


@router.delete(
    WEBHOOK, operation_id="deleteWebhook", response={204: None, 404: ErrorOut}, **needs(Permission.MANAGE_WEBHOOKS)
)
def delete_webhook(request: HttpRequest, project_id: int, webhook_id: int) -> Status[None]:
    """With its delivery log."""
    remove_endpoint(endpoint=_webhook(project_of(request, project_id), webhook_id), by=user_of(request))
    return Status(204, None)


@router.post(
    f"{WEBHOOK}/secret",
    operation_id="rotateWebhookSecret",
    response={200: SecretOut, 404: ErrorOut},
    **needs(Permission.MANAGE_WEBHOOKS),
)
def rotate_webhook_secret(request: HttpRequest, project_id: int, webhook_id: int) -> SecretOut:
    """A new secret replaces the old one at once; it is shown here and never again."""
    endpoint = _webhook(project_of(request, project_id), webhook_id)
    return SecretOut(secret=rotate_secret(endpoint=endpoint, by=user_of(request)))


@router.post(
    f"{WEBHOOK}/test",
    operation_id="testWebhook",
    response={202: DeliveryOut, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.MANAGE_WEBHOOKS),
)
def test_webhook(request: HttpRequest, project_id: int, webhook_id: int) -> Status[DeliveryOut]:
    """Have a test sent; what came of it stands in the delivery log."""
    delivery = send_test(endpoint=_webhook(project_of(request, project_id), webhook_id))
    return Status(202, _delivery_out(delivery))


@router.get(
    f"{WEBHOOK}/deliveries",
    operation_id="listDeliveries",
    response={200: DeliveryPage, 404: ErrorOut},
    **needs(Permission.MANAGE_WEBHOOKS),
)
def list_deliveries(
    request: HttpRequest,
    project_id: int,
    webhook_id: int,
    state: DeliveryFilter | None = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> DeliveryPage:
    """Newest first, each with all its attempts."""
    deliveries = _webhook(project_of(request, project_id), webhook_id).deliveries.all()
    if state:
        deliveries = deliveries.filter(state=state)
    page = deliveries.select_related("notification").prefetch_related("attempts").order_by("-pk")
    return DeliveryPage(count=deliveries.count(), items=[_delivery_out(one) for one in page[offset : offset + limit]])


@router.post(
    WEBHOOK + "/deliveries/{delivery_id}/redeliver",
    operation_id="redeliver",
    response={202: DeliveryOut, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.MANAGE_WEBHOOKS),
)
def redeliver_delivery(request: HttpRequest, project_id: int, webhook_id: int, delivery_id: int) -> Status[DeliveryOut]:
    """One more attempt now, also of what was delivered: the receiver knows it by the same id."""
    endpoint = _webhook(project_of(request, project_id), webhook_id)
    delivery = endpoint.deliveries.select_related("endpoint", "notification").filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound(f"There is no delivery {delivery_id} to this endpoint.")
    redeliver(delivery=delivery)
    delivery.refresh_from_db()
    return Status(202, _delivery_out(delivery))


def _webhook(project: Project, webhook_id: int) -> WebhookEndpoint:
    endpoint = project.webhooks.filter(pk=webhook_id).first()
    if endpoint is None:
        raise NotFound(f"There is no webhook {webhook_id} in this project.")
    return endpoint


def _counted(project: Project) -> QuerySet[WebhookEndpoint]:
    state = Delivery.State
    return project.webhooks.annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=state.WAITING)),
        failed=Count("deliveries", filter=Q(deliveries__state=state.FAILED)),
    )


def _delivery_out(delivery: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=delivery.pk,
        uid=delivery.uid,
        kind=delivery.kind,
        sentence=delivery.sentence,
        state=delivery.state,
        made_at=delivery.made_at,
        next_try_at=delivery.next_try_at if delivery.state == Delivery.State.WAITING else None,
        attempts=[DeliveryAttemptOut.from_orm(one) for one in delivery.attempts.all()],
    )
