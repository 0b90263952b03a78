"""The predictor as the supervisor runs it."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from heedful.conf import predictor
from heedful.registry.predictor import client as asked
from tests import services


@contextmanager
def running_predictor(home: Path) -> Iterator[str]:
    """Its address."""
    path = home / "predictor.sock"

    def answers() -> bool:
        with socket.socket(socket.AF_UNIX) as asking, suppress(OSError):
            asking.connect(str(path))
            asking.sendall(f"GET /{predictor.PATH} HTTP/1.0\r\nHost: predictor\r\n\r\n".encode())
            return b" 200 " in asking.recv(64)
        return False

    service = services.Service(
        "The predictor",
        [
            *(str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--no-ws"),
            *("--blocking-threads", "2", "workers.serving:application"),
        ],
        answers,
        home / "predictor.log",
        env={
            "PYTHONPATH": f"{services.ROOT / 'platform'}:{services.ROOT}",
            "DJANGO_SETTINGS_MODULE": "heedful.conf.settings",
            "HEEDFUL_HOME": str(settings.HEEDFUL_HOME),
            "GRANIAN_UDS": str(path),
        },
    )
    with services.running(service):
        url = f"unix:{path}"
        yield url
        asked(url).close()
