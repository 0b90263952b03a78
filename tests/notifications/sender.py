"""One worker of several: posts what is due so many minutes from now. Run as a program, to be killed."""

import sys
from datetime import datetime, timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402

from heedful.notifications.models import WebhookEndpoint  # noqa: E402
from tests.notifications.telling import post_what_is_due  # noqa: E402


def main(minutes: int) -> None:
    def clock() -> datetime:
        return timezone.now() + timedelta(minutes=minutes)

    post_what_is_due(WebhookEndpoint.objects.get().project, clock)


if __name__ == "__main__":
    main(int(sys.argv[1]))
