"""The limit holds when eight clients reserve at once, on SQLite and on PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLIENTS, TRIES, LIMIT = 8, 12, 50

PREPARE = """
from decimal import Decimal
from heedful.accounts.models import User
from heedful.acquisition.models import QueryRound, QueueItem
from tests.factories import make_pool, make_project
owner = User.objects.create_user("owner@example.com", "correct horse")
project = make_project(owner=owner, limit=Decimal({limit}))
samples = make_pool(project, size={size})
query_round = QueryRound.objects.create(project=project, number=1, kind="query", size={size}, strategy="by hand")
for rank, sample in enumerate(samples):
    item = QueueItem.objects.create(
        round=query_round, sample=sample, rank=rank, strategy="uniform", score=0, selection_probability=1, reason="test"
    )
    print(item.pk)
print(project.pk)
"""
SUMS = """
from django.db.models import Sum
from heedful.budgets.models import Budget, LedgerEntry
budget = Budget.objects.get()
print(budget.reserved, LedgerEntry.objects.aggregate(s=Sum("held"))["s"], LedgerEntry.objects.count())
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def environment(request, tmp_path) -> dict[str, str]:
    url = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").url
    return {
        **os.environ,
        "DATABASE_URL": url,
        "HEEDFUL_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "heedful.conf.settings",
        "PYTHONPATH": f"{ROOT / 'platform'}:{ROOT}",
    }


def manage(environment: dict[str, str], *arguments: str, script: str = "") -> list[str]:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        input=script,
        env=environment,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.split()


@pytest.mark.services
def test_eight_clients_together_never_pass_the_limit(environment):
    manage(environment, "migrate", "--verbosity=0")
    *items, project_id = manage(
        environment, "shell", "--no-imports", script=PREPARE.format(limit=LIMIT, size=CLIENTS * TRIES)
    )
    clients = [
        subprocess.Popen(
            [sys.executable, "tests/budgets/concurrency.py", project_id, *items[number::CLIENTS]],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(CLIENTS)
    ]
    reserved = [int(client.communicate(timeout=120)[0]) for client in clients]
    assert sum(reserved) == int(LIMIT / 0.9)
    held, ledger, entries = manage(environment, "shell", "--no-imports", script=SUMS)
    assert held == ledger == f"{sum(reserved) * 0.9:.4f}"
    assert int(entries) == sum(reserved)
