"""`manage.py up`: all of Heedful in one terminal."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from heedful.conf import services
from heedful.conf.supervisor import AlreadyRunning, PortTaken, run


class Command(BaseCommand):
    # They would import the whole API; the web server finds out itself.
    requires_system_checks = []
    help = "Starts every program of Heedful and keeps it running until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="program", help="only these, and what they need")

    def handle(self, *_: Any, **options: Any) -> None:
        programs = services.programs()
        known = {program.name for program in programs}
        if unknown := set(options["names"]) - known:
            raise CommandError(f"No such program: {', '.join(unknown)}. There are: {', '.join(known)}.")
        selected = services.select(programs, options["names"] or known)
        try:
            sys.exit(run(selected, home=settings.HEEDFUL_HOME, greeting=services.greeting(selected)))
        except (AlreadyRunning, PortTaken) as error:
            raise CommandError(str(error)) from error
