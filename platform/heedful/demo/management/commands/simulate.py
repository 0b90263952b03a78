"""`manage.py simulate`: what routing by value per dollar is worth, with simulated people on the demo's pictures."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from heedful.core.errors import InvalidInput
from heedful.demo.cells import cells
from heedful.demo.people import parse_annotators, parse_dollars
from heedful.demo.project import SEED

SEEDS = 5
# What would lead a scratch installation to the real one's data.
OWN = ("DATABASE_URL", "HEEDFUL_ARTIFACT_ROOT", "HEEDFUL_HOME", "REDIS_URL")


class Command(BaseCommand):
    requires_system_checks = []
    help = "Compares routed answers with those of each tier alone, for the same money, and prints the table."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--annotators", required=True, help="tier:accuracy:price,… as in expert:0.97:$25,weak:0.80:$1"
        )
        parser.add_argument("--budget", required=True, help="dollars that each arm may spend")
        parser.add_argument("--seeds", type=int, default=SEEDS)
        parser.add_argument(
            "--repeated", action="store_true", help="also the cheap tiers alone, as often as is worth it"
        )
        parser.add_argument("--check", action="store_true", help="end with 1 if routing saves less than 30%%")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            tiers = parse_annotators(options["annotators"])
            budget = parse_dollars(options["budget"], what="budget", field="budget")
            cells(seed=SEED)
        except InvalidInput as error:
            raise CommandError(error.message) from error
        dearest = max(tier.price for tier in tiers)
        if budget < dearest:
            raise CommandError(f"A budget of ${budget} does not buy one answer at ${dearest}.")
        if options["seeds"] < 1:
            raise CommandError("--seeds must be at least 1.")
        with TemporaryDirectory(prefix="heedful-simulation-") as folder:
            env = {name: value for name, value in os.environ.items() if name not in OWN}
            command = [
                *(sys.executable, "-m", "workers.simulation"),
                *("--annotators", options["annotators"], "--budget", str(budget), "--seeds", str(options["seeds"])),
                *(f"--{flag}" for flag in ("repeated", "check") if options[flag]),
            ]
            program = subprocess.run(
                command, env=env | _scratch(Path(folder)), cwd=settings.HEEDFUL_CHECKOUT, check=False
            )
        sys.exit(program.returncode)


def _scratch(folder: Path) -> dict[str, str]:
    """A home of its own, and a broker that is this process' memory: nobody listens to it."""
    path = [str(settings.HEEDFUL_CHECKOUT / "platform"), os.environ.get("PYTHONPATH", "")]
    return {
        "HEEDFUL_HOME": str(folder / "home"),
        "REDIS_URL": "memory://",
        "HEEDFUL_LOG_LEVEL": os.environ.get("HEEDFUL_LOG_LEVEL", "ERROR"),
        "PYTHONPATH": os.pathsep.join(filter(None, path)),
    }
