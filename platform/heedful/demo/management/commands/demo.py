"""`manage.py demo`: the services, the demo project, and its simulated experts, under one supervisor."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from heedful.conf import services
from heedful.conf.supervisor import AlreadyRunning, PortTaken, run


class Command(BaseCommand):
    requires_system_checks = []
    help = "Runs the whole loop on real pictures, with simulated experts who answer in Label Studio."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rounds", type=int, default=0, help="pause the loop after so many query rounds")
        parser.add_argument("--exit", action="store_true", help="then print one line of JSON and end")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["exit"] and options["rounds"] < 1:
            raise CommandError("--exit needs --rounds: say how many rounds to wait for.")
        main = services.manage(
            "demo_experts", f"--rounds={options['rounds']}", *(["--exit"] if options["exit"] else [])
        )
        programs = services.programs()
        try:
            sys.exit(run(programs, home=settings.HEEDFUL_HOME, main=main, greeting=services.greeting(programs)))
        except (AlreadyRunning, PortTaken) as error:
            raise CommandError(str(error)) from error
