"""`manage.py prepare`: what has to be done before the other programs start."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from heedful.accounts.models import User
from heedful.conf import credentials


class Command(BaseCommand):
    help = "Brings the database up to date and makes the first user. Safe to run at every start."

    def handle(self, *_: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        if not User.objects.exists():
            own = credentials.load(settings.HEEDFUL_HOME)
            User.objects.create_superuser(email=own.admin_email, password=own.admin_password)
            self.stdout.write(f"First user: {own.admin_email}, password in {credentials.FILE_NAME}")
