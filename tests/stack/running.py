"""All of Heedful as its users run it: `manage.py up` in a home of its own, with real Label Studio and Valkey.

One instance serves the whole suite. It is watched and worked with from outside only: through its API, and by killing
its processes, which are found from the supervisor down.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from heedful.conf import credentials
from heedful.conf.supervisor.lock import FILE_NAME as LOCK
from tests import services

T = TypeVar("T")

LEASE_SECONDS = 4
SHARD_SIZE = 128
ASK_EVERY_SECONDS = 0.1
# A limit, not a wait: for the slowest stretch on a machine that is busy with other things.
PATIENCE_SECONDS = 300
KEY = pytest.StashKey["RunningHeedful"]()


@dataclass(frozen=True)
class RunningHeedful:
    """`env` is what a process of ours needs to work on the same installation."""

    home: Path
    url: str
    env: dict[str, str]
    credentials: credentials.Credentials
    token: str

    def get(self, path: str) -> Any:
        return self._request("GET", path)

    def post(self, path: str, body: object) -> Any:
        return self._request("POST", path, body)

    def patch(self, path: str, body: object) -> Any:
        return self._request("PATCH", path, body)

    def _request(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=self.url, headers=headers, timeout=60) as client:
            return client.request(method, f"/api{path}", json=body).raise_for_status().json()

    def process(self, told: str) -> int:
        """The child of the supervisor that has `told` on its command line."""
        supervisor = int((self.home / LOCK).read_text())
        [found] = [pid for pid in children(supervisor) if told in command_line(pid)]
        return found

    def until(self, condition: Callable[[], T | None]) -> T:
        """What `condition` gives once it gives anything. A web server that is down gives nothing."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                if found := condition():
                    return found
            except httpx.TransportError:
                pass
            time.sleep(ASK_EVERY_SECONDS)
        raise AssertionError(f"Not within {PATIENCE_SECONDS} s. The last that Heedful said:\n{self._last_lines()}")

    def _last_lines(self) -> str:
        return "\n".join(log_of(self.home).read_text().splitlines()[-60:])


def children(pid: int) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            stat = (process / "stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        # The name, in brackets, may hold anything; behind it come state and parent.
        if int(stat.rpartition(")")[2].split()[1]) == pid:
            found.append(int(process.name))
    return sorted(found)


def command_line(pid: int) -> str:
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def shared_heedful(config: pytest.Config, home: Callable[[], Path]) -> RunningHeedful:
    """The suite's one instance: started for the first who asks, stopped with the suite."""
    if KEY not in config.stash:
        stack = ExitStack()
        config.stash[KEY] = stack.enter_context(start_heedful(home()))
        config.add_cleanup(stack.close)
    return config.stash[KEY]


@contextmanager
def start_heedful(home: Path) -> Iterator[RunningHeedful]:
    web, label_studio = services.free_port(), services.free_port()
    own = _seed(home)
    env = {
        "PYTHONPATH": str(services.ROOT / "platform"),
        "DJANGO_SETTINGS_MODULE": "heedful.conf.settings",
        "HEEDFUL_HOME": str(home),
        "HEEDFUL_WEB_PORT": str(web),
        "LABEL_STUDIO_URL": f"http://localhost:{label_studio}",
        "HEEDFUL_JOB_LEASE_SECONDS": str(LEASE_SECONDS),
        "HEEDFUL_SHARD_SIZE": str(SHARD_SIZE),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", str(os.cpu_count())),
    }
    log = log_of(home)
    program = services.Service(
        "Heedful",
        [sys.executable, services.ROOT / "manage.py", "up"],
        answers=lambda: "Everything is ready" in log.read_text(),
        log=log,
        env=env,
        patience=PATIENCE_SECONDS,
    )
    program.start()
    try:
        url = f"http://localhost:{web}"
        yield RunningHeedful(home, url, env, own, _token(url, own))
    finally:
        program.stop()


def log_of(home: Path) -> Path:
    return home / "heedful.log"


def _seed(home: Path) -> credentials.Credentials:
    """Label Studio with its migrations done, as the other tests use it, and credentials that fit it."""
    template = services.label_studio_template()
    shutil.copytree(template, home / "label-studio")
    own = credentials.Credentials(
        label_studio_email="admin@heedful.test",
        label_studio_password="only-for-tests",
        label_studio_token=(template / "token").read_text(),
    )
    names = credentials.Credentials.__slots__
    (home / credentials.FILE_NAME).write_text(json.dumps({name: getattr(own, name) for name in names}))
    return own


def _token(url: str, own: credentials.Credentials) -> str:
    """A program's token, fetched as a person would: logged in, on the tokens page."""
    with httpx.Client(base_url=url, timeout=60) as browser:
        login = {"email": own.admin_email, "password": own.admin_password}
        browser.post("/api/login", json=login).raise_for_status()
        headers = {"X-CSRFToken": browser.cookies["heedful_csrftoken"]}
        made = browser.post("/api/tokens", json={"name": "tests"}, headers=headers).raise_for_status()
    return str(made.json()["token"])
