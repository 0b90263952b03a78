"""Several workers at once, one of them killed in mid-delivery, on SQLite and on PostgreSQL."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.notifications.receiver import Receiver, until

ROOT = Path(__file__).parents[2]
DELIVERIES, WORKERS = 24, 4

PREPARE = """
from heedful.accounts.models import User
from heedful.notifications.webhooks import add_endpoint
from tests.factories import make_project
from tests.notifications.telling import KIND, tell
project = make_project(owner=User.objects.create_user("webhooks@example.com", "correct horse"))
add_endpoint(project_id=project.pk, url="{url}", kinds=list(KIND))
for number in range({deliveries}):
    tell(project)
"""
STATES = """
from heedful.notifications.models import Delivery, DeliveryAttempt
print(Delivery.objects.filter(state="sent").count(), DeliveryAttempt.objects.filter(status=204).count())
print(DeliveryAttempt.objects.filter(status=None).count())
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
        "HEEDFUL_WEBHOOK_PRIVATE_ADDRESSES": "true",
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


def worker(environment: dict[str, str], minutes: int = 0) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "tests/notifications/sender.py", str(minutes)], env=environment, cwd=ROOT)


@pytest.mark.services
def test_each_is_heard_and_marked_once_except_that_a_killed_worker_may_be_heard_twice(environment, receiver: Receiver):
    manage(environment, "migrate", "--verbosity=0")
    manage(environment, "shell", "--no-imports", script=PREPARE.format(url=receiver.url, deliveries=DELIVERIES))
    receiver.behaviours = [receiver.hang]
    killed = worker(environment)
    until(lambda: len(receiver.heard) == 1)
    killed.kill()
    killed.wait()
    others = [worker(environment) for _ in range(WORKERS)]
    assert [one.wait(timeout=120) for one in others] == [0] * WORKERS
    heard = Counter(one.said["id"] for one in receiver.heard)
    assert set(heard.values()) == {1}
    assert worker(environment, minutes=2).wait(timeout=60) == 0
    again = Counter(one.said["id"] for one in receiver.heard)
    assert again - heard == Counter([receiver.heard[0].said["id"]])
    assert len(again) == DELIVERIES
    assert manage(environment, "shell", "--no-imports", script=STATES) == [str(DELIVERIES), str(DELIVERIES), "1"]
