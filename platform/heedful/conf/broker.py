"""The Celery application: the web server sends with it, the workers add the tasks to it."""

from celery import Celery

app = Celery("heedful")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
