"""`python -m workers.simulation`: prepare the pictures once, run each seed as a program, print the table."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from secrets import token_urlsafe

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heedful.conf.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from heedful.accounts.models import User  # noqa: E402
from heedful.demo.people import parse_annotators  # noqa: E402
from workers.files import CORES  # noqa: E402
from workers.simulation.arms import set_up  # noqa: E402
from workers.simulation.outcome import Outcome, Terms, arms  # noqa: E402
from workers.simulation.report import WANTED_SAVING, savings, table, target_cost  # noqa: E402
from workers.simulation.study import Pictures, court, demo_pictures, prepare  # noqa: E402

GOLD = 200


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="simulate")
    parser.add_argument("--annotators", required=True)
    parser.add_argument("--budget", type=Decimal, required=True)
    parser.add_argument("--seeds", type=int, required=True)
    parser.add_argument("--repeated", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    terms = Terms(parse_annotators(options.annotators), options.budget, GOLD, seed=0, repeated=options.repeated)
    pictures = demo_pictures(settings.HEEDFUL_HOME / "cells")
    without_model = make_ready(terms, pictures)
    outcomes = run_seeds(terms, options.seeds)
    target = target_cost(outcomes)
    say(table(outcomes, target=target, without_model=without_model, budget=terms.budget))
    wrong = [one for each in outcomes.values() for one in each if one.differences]
    for one in wrong:
        say(f"The books of {one.arm} are wrong: {'; '.join(one.differences)}")
    short = [one for one in savings(outcomes, target, terms.budget) if one.share < WANTED_SAVING]
    return 1 if wrong or (options.check and short) else 0


def make_ready(terms: Terms, pictures: Pictures) -> float:
    """A database with the pool imported and embedded, to be copied for each seed; what no model costs a sample."""
    started = time.monotonic()
    call_command("migrate", interactive=False, verbosity=0)
    owner = User.objects.create_superuser(email="simulation@heedful.local", password=token_urlsafe())
    project = set_up(arms(terms)[0], terms, owner)
    prepare(project, pictures)
    say(f"{len(pictures.truth):,} pictures embedded in {time.monotonic() - started:.0f} s.")
    found = court(project, pictures).without_model()
    # So that all of it is in the one file.
    connection.close()
    return found


def run_seeds(terms: Terms, seeds: int) -> dict[int, list[Outcome]]:
    with ThreadPoolExecutor(CORES) as pool:
        found = pool.map(lambda seed: _run_seed(replace(terms, seed=seed)), range(seeds))
        return dict(enumerate(found))


def _run_seed(terms: Terms) -> list[Outcome]:
    home = settings.HEEDFUL_HOME.with_name(f"{settings.HEEDFUL_HOME.name}-seed-{terms.seed}")
    shutil.copytree(settings.HEEDFUL_HOME, home, symlinks=True)
    env = {**os.environ, "HEEDFUL_HOME": str(home), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "workers.simulation.seed", terms.line()]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        outcomes = []
        for line in program.stdout:
            outcomes.append(Outcome.of(json.loads(line)))
            say(f"Seed {terms.seed}, {outcomes[-1].arm}: {outcomes[-1].seconds:.0f} s.")
    shutil.rmtree(Path(home))
    if program.returncode:
        raise SystemExit(f"Seed {terms.seed} broke off; what it said is above.")
    return outcomes


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
