"""Somebody's program that takes webhooks, well or badly: a real HTTP server in a thread."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass(frozen=True)
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        return json.loads(self.body)


class Receiver:
    """Answers 204, or as the next of `behaviours` does; `heard` is what came."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.behaviours: list[Callable[[BaseHTTPRequestHandler], None]] = []
        self.closing = Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.heard.append(Heard(path=self.path, headers=dict(self.headers), body=body))
                behave = receiver.behaviours.pop(0) if receiver.behaviours else answering(204)
                self.close_connection = True
                with suppress(OSError):  # Heedful has hung up.
                    behave(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?of=mine"

    def hang(self, handler: BaseHTTPRequestHandler) -> None:
        self.closing.wait(60)

    def drip(self, handler: BaseHTTPRequestHandler) -> None:
        """A byte of an endless header now and then: each read gets something, the answer never comes."""
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.closing.wait(0.05):
            handler.wfile.write(b".")


def answering(status: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def flood(handler: BaseHTTPRequestHandler) -> None:
    """Text without end."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write("äöü€".encode() * 10_000)


@contextmanager
def running() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = Thread(target=receiver.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.closing.set()
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join()


def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)
