"""A project and its people in the suite's one real Label Studio (the session fixture `label_studio`)."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from queue import Queue
from typing import Any

import pytest

from heedful.labeling.label_studio.annotator import AnnotatorSession
from heedful.labeling.label_studio.client import LabelStudio
from heedful.labeling.label_studio.config import labeling_config
from heedful.labeling.label_studio.project import LabelStudioProject
from tests.labeling.label_studio.builders import CLASSES, person
from tests.services import RunningLabelStudio

_numbers = count(1)


@dataclass
class Receiver:
    """What came to our webhook, in order: (secret header, payload)."""

    url: str
    received: Queue[tuple[str | None, Any]] = field(default_factory=Queue)

    def next(self) -> tuple[str | None, Any]:
        return self.received.get(timeout=10)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            inbox.received.put((self.headers.get("X-Secret"), body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    inbox = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield inbox
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def studio(label_studio: RunningLabelStudio) -> LabelStudio:
    return LabelStudio(label_studio.url, label_studio.token)


@pytest.fixture(scope="session")
def expert(label_studio: RunningLabelStudio, studio: LabelStudio) -> AnnotatorSession:
    return person(label_studio, studio, "expert@heedful.test")


@pytest.fixture
def project(studio: LabelStudio) -> LabelStudioProject:
    key = f"adapter-{next(_numbers)}"
    return studio.project(studio.ensure_project(key, title=key, label_config=labeling_config(CLASSES)))
