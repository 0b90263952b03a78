"""Addresses: the API, Label Studio's webhooks, signed media, and the page for everything else."""

from django.urls import path, re_path

from heedful.api.api import api
from heedful.api.views import label_studio_hook, media, page
from heedful.conf import health

urlpatterns = [
    path("api/", api.urls),
    path("hooks/label-studio/<uuid:hook>/", label_studio_hook),
    path(health.PATH, health.health),
    path("media/<str:token>", media),
    re_path(r"^(?!api/|hooks/|media/|static/|health$).*$", page),
]
