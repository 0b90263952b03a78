"""Eight clients at once move one project's money, on SQLite and on PostgreSQL, and the books agree all the same."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CLIENTS = 8
STEPS = {"sqlite": 60, "postgresql": 300}
PATIENCE = 280

PREPARE = """
from decimal import Decimal
from heedful.accounts.models import User
from tests.budgets.actions import prepare
from tests.factories import make_pool, make_project
owner = User.objects.create_user("owner@example.com", "correct horse")
project = make_project(owner=owner, limit=Decimal(40), rate="hourly")
make_pool(project, size=2000)
prepare(project)
print(project.pk)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request) -> str:
    return request.param


@pytest.fixture
def environment(request, database, tmp_path) -> dict[str, str]:
    url = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    if database == "postgresql":
        url = request.getfixturevalue("postgres").url
    return {
        **os.environ,
        "DATABASE_URL": url,
        "HEEDFUL_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "heedful.conf.settings",
        "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}",
        "OMP_NUM_THREADS": "1",
    }


def manage(environment: dict[str, str], *arguments: str, script: str = "") -> list[str]:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        input=script,
        env=environment,
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split()


@pytest.fixture
def project_id(environment) -> str:
    manage(environment, "migrate", "--verbosity=0")
    return manage(environment, "shell", "--no-imports", script=PREPARE)[-1]


@pytest.fixture
def run(environment) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a program of this folder; whatever still runs at the end is stopped."""
    running = []

    def start(program: str, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, f"tests/budgets/{program}", *arguments]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, env=environment, cwd=ROOT, text=True, stdin=pipe, stdout=pipe, stderr=pipe)
        running.append(process)
        return process

    yield start
    for one in running:
        one.kill()
        one.communicate()


def last_line(told: str) -> Any:
    """What a program has to say, after whatever it logged."""
    return json.loads(told.splitlines()[-1])


@pytest.mark.services
@pytest.mark.timeout(2 * PATIENCE)
def test_eight_clients_at_once_do_not_break_the_books(database, environment, project_id, run):
    observer = run("observer.py", project_id)
    clients = [run("client.py", project_id, str(seed), str(STEPS[database])) for seed in range(CLIENTS)]
    done, until = Counter(), time.monotonic() + PATIENCE
    for client in clients:
        told, complaint = client.communicate(timeout=until - time.monotonic())
        assert client.returncode == 0, complaint
        done += Counter(last_line(told))
    seen, complaint = observer.communicate("\n", timeout=30)
    assert observer.returncode == 0, complaint

    assert last_line(seen)["differences"] == []
    assert last_line(seen)["looks"] > 10
    assert manage(environment, "audit_ledger")[-2:] == ["no", "difference."]
    assert done.total() > CLIENTS * STEPS[database] / 3
    assert min(done[name] for name in ("fill_a_round", "answer", "edit", "delete", "change_rate", "top_up")) > 0
