"""The project as an app: its commands, and the broker that every other app sends through."""

from django.apps import AppConfig


class ConfConfig(AppConfig):
    name = "heedful.conf"
    label = "conf"

    def ready(self) -> None:
        from heedful.conf import broker  # noqa: F401
