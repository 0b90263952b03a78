"""Which programs make up Heedful, and how each is started.

The one place that says so: `manage.py up` runs these programs, docker-compose.yml names the same commands.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from celery.utils.nodenames import host_format
from django.conf import settings
from kombu.exceptions import OperationalError

from heedful.conf import broker, credentials, health, predictor, valkey
from heedful.conf.supervisor import Port, Program
from heedful.conf.supervisor.program import answers_http, answers_ping

CELERY = ("celery", "--quiet", "--app", "workers.app")
WORKER = (*CELERY, "worker", "--without-gossip", "--without-mingle")
# Their name in `celery inspect`; %h is the machine.
NODES = {"worker-fast": "fast@%h", "worker-heavy": "heavy@%h"}
# A thread cannot be cut short: those finish what they do. A process can, after worker_soft_shutdown_timeout.
WORKER_STOP_SIGNALS = {"worker-fast": signal.SIGTERM, "worker-heavy": signal.SIGQUIT}
WORKER_STOP_SECONDS = 7.0
LOOPBACK = ("localhost", "127.0.0.1", "::1")

# What Label Studio must be told wherever it runs: to answer our token, to let nobody sign up uninvited, to
# send nothing home, to accept webhooks to private addresses, to release a task that was left open after a
# quarter of an hour, and to keep quiet about what goes well.
LABEL_STUDIO_ENV = {
    "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
    "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
    "COLLECT_ANALYTICS": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "LATEST_VERSION_CHECK": "false",
    "SSRF_PROTECTION_ENABLED": "false",
    "ML_BLOCK_LOCAL_IP": "false",
    "TASK_LOCK_TTL": "900",
    "LOG_LEVEL": "WARNING",
}


def commands(home: Path) -> dict[str, tuple[str, ...]]:
    """The command line of every program that runs our code, to be started in the checkout."""
    return {
        "prepare": ("python", "manage.py", "prepare"),
        "web": (
            *("granian", "--interface", "wsgi", "--no-ws", "--blocking-threads", "4"),
            "heedful.conf.wsgi:application",
        ),
        "predictor": (
            *("granian", "--interface", "wsgi", "--no-ws", "--blocking-threads", "2"),
            "workers.serving:application",
        ),
        "worker-fast": (
            *(*WORKER, "--hostname", NODES["worker-fast"], "--queues", "sync,default"),
            *("--pool", "threads", "--concurrency", "2"),
        ),
        "worker-heavy": (
            *(*WORKER, "--hostname", NODES["worker-heavy"], "--queues", "score,train,explain"),
            # Nothing waits inside a worker that is busy for minutes, or that dies.
            *("--pool", "prefork", "--concurrency", "1", "--disable-prefetch"),
        ),
        "beat": (*(*CELERY, "beat", "--schedule", str(home / "beat-schedule"), "--pidfile="),),
    }


def programs() -> list[Program]:
    """All programs of this installation; Valkey and Label Studio unless the environment names others."""
    home = settings.HEEDFUL_HOME
    embedded = [*_valkey(home), *_label_studio(home)]
    needs = ("prepare", *(program.name for program in embedded if program.name == "valkey"))
    return [*embedded, *_own(home, needs)]


def manage(*arguments: str) -> Program:
    """A management command as a program, such as run() takes for its main one."""
    return Program(
        name=arguments[0],
        command=("python", "manage.py", *arguments),
        env=_own_env(),
        cwd=settings.HEEDFUL_CHECKOUT,
    )


def select(programs: Iterable[Program], names: Iterable[str]) -> list[Program]:
    """The programs called `names` and all that they need, in their order. Raises KeyError."""
    known = {program.name: program for program in programs}
    wanted: set[str] = set()

    def want(name: str) -> None:
        wanted.add(name)
        for needed in known[name].after:
            want(needed)

    for name in names:
        want(name)
    return [program for name, program in known.items() if name in wanted]


def greeting(programs: Iterable[Program]) -> str:
    """Where to go, and who to log in as, when these programs are ready."""
    own = credentials.load(settings.HEEDFUL_HOME)
    places = {
        "web": ("Heedful", settings.HEEDFUL_PUBLIC_URL, own.admin_email, own.admin_password),
        "label-studio": (
            *("Label Studio", settings.LABEL_STUDIO_URL),
            *(own.label_studio_email, own.label_studio_password),
        ),
    }
    rows = [places[program.name] for program in programs if program.name in places]
    lines = [f"{name:12}  {url:24}  {email}  {password}" for name, url, email, password in rows]
    rule = "-" * max(map(len, lines), default=0)
    return "\n".join(["", rule, *lines, rule, "Everything is ready. Ctrl-C stops it.", ""])


def _own(home: Path, needs: tuple[str, ...]) -> list[Program]:
    host, port = settings.HEEDFUL_WEB_HOST, settings.HEEDFUL_WEB_PORT
    env = _own_env() | {"GRANIAN_HOST": host, "GRANIAN_PORT": str(port)}
    # One heavy job runs at a time and may have every core; the light ones compute next to nothing.
    threads = {"worker-fast": "1", "worker-heavy": env.get("OMP_NUM_THREADS", str(os.cpu_count() or 1))}
    start = {
        name: partial(Program, name=name, command=command, env=env, cwd=settings.HEEDFUL_CHECKOUT)
        for name, command in commands(home).items()
    }
    return [
        start["prepare"](once=True),
        start["web"](
            after=needs,
            ready=partial(answers_http, f"http://{_reachable(host)}:{port}/{health.PATH}"),
            port=Port(host=host, number=port, remedy=f"Choose another: HEEDFUL_WEB_PORT={port + 1}"),
        ),
        *_predictor(start["predictor"], env),
        *(
            start[name](
                env={**env, "OMP_NUM_THREADS": threads[name]},
                after=needs,
                ready=_answers_celery(node),
                stop_signal=WORKER_STOP_SIGNALS[name],
                stop_timeout=WORKER_STOP_SECONDS,
            )
            for name, node in NODES.items()
        ),
        start["beat"](after=needs),
    ]


def _predictor(start: Callable[..., Program], env: Mapping[str, str]) -> list[Program]:
    """Ours, on its socket, unless the environment names another."""
    home = settings.HEEDFUL_HOME
    if predictor.url(home) != settings.PREDICTOR_URL:
        return []
    predictor.make_folders(home)
    path = predictor.socket_path(home)
    return [
        start(
            env={**env, "GRANIAN_UDS": str(path), "GRANIAN_UDS_PERMISSIONS": "600"},
            after=("prepare",),
            ready=partial(answers_http, f"http://predictor/{predictor.PATH}", path),
            stop_timeout=WORKER_STOP_SECONDS,
        )
    ]


def _valkey(home: Path) -> list[Program]:
    if valkey.url(home) != settings.REDIS_URL:
        return []
    valkey.make_folders(home)
    ready = partial(answers_ping, valkey.socket_path(home))
    return [
        Program(
            name="valkey", command=valkey.command(home), env=_plain_env(), ready=ready, echo=False, stop_timeout=2.0
        )
    ]


def _label_studio(home: Path) -> list[Program]:
    own = credentials.load(home)
    if not _label_studio_is_embedded(own):
        return []
    url = urlsplit(settings.LABEL_STUDIO_URL)
    host = "127.0.0.1" if url.hostname in LOOPBACK else "0.0.0.0"  # noqa: S104
    port = url.port or 80
    data = home / "label-studio"
    data.mkdir(parents=True, exist_ok=True)
    env = {
        **_plain_env(),
        **LABEL_STUDIO_ENV,
        "LABEL_STUDIO_BASE_DATA_DIR": str(data),
        "LABEL_STUDIO_USERNAME": own.label_studio_email,
        "LABEL_STUDIO_PASSWORD": own.label_studio_password,
        "LABEL_STUDIO_USER_TOKEN": own.label_studio_token,
    }
    executable = settings.HEEDFUL_CHECKOUT / ".venv-label-studio" / "bin" / "label-studio"
    return [
        Program(
            name="label-studio",
            command=(str(executable), "start", "--no-browser", "--internal-host", host, "--port", str(port)),
            env=env,
            cwd=data,
            echo=False,
            ready=partial(answers_http, f"http://{_reachable(host)}:{port}/health"),
            port=Port(
                host=host,
                number=port,
                remedy=f"Choose another: LABEL_STUDIO_URL={url.scheme}://{url.hostname}:{port + 1}",
            ),
        )
    ]


def _label_studio_is_embedded(own: credentials.Credentials) -> bool:
    """Somebody else's Label Studio comes with a token of its own."""
    return bool(own.label_studio_token == settings.LABEL_STUDIO_TOKEN)


def _own_env() -> dict[str, str]:
    """Ours, with this virtual environment's programs first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    home = str(settings.HEEDFUL_HOME)
    return {**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1", "HEEDFUL_HOME": home}


def _plain_env() -> Mapping[str, str]:
    """What any program needs of our environment: ours would turn Label Studio's Django into ours."""
    names = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "USER")
    return {name: os.environ[name] for name in names if name in os.environ} | {"PYTHONUNBUFFERED": "1"}


def _reachable(host: str) -> str:
    return "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104


def _answers_celery(node: str) -> Callable[[], Awaitable[bool]]:
    """Ask a worker over the broker, since its log may be configured away."""
    destination = [host_format(node)]

    def ask() -> bool:
        try:
            return bool(broker.app.control.ping(destination=destination, timeout=0.5))
        except OperationalError:
            return False

    return partial(asyncio.to_thread, ask)
