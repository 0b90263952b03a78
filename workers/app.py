"""The Celery application as the workers and beat run it: `celery -A workers.app`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heedful.conf.settings")
django.setup()

import workers.beat  # noqa: E402
import workers.runner  # noqa: E402
from heedful.conf.broker import app  # noqa: E402

app.conf.beat_schedule = workers.beat.SCHEDULE

__all__ = ["app"]
