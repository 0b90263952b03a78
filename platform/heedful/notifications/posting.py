"""Posting to an address that somebody entered: within a deadline, to the outside only, reading no more than needed.

The name is resolved once, every address behind it is checked, and the connection goes to one of those addresses, so
that a name cannot point outside while it is checked and inside while it is used. Redirects are not followed, and the
environment's proxies are not asked.
"""

import ipaddress
import socket
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any

import httpcore
import httpx

from heedful.core.errors import InvalidInput

SECONDS = 10.0
EXCERPT_CHARACTERS = 500
# As many bytes as that many characters of UTF-8 may take.
EXCERPT_BYTES = 4 * EXCERPT_CHARACTERS

# Not the internet, though `ipaddress` of Python 3.11 calls them global: addresses that carry an IPv4 address inside
# (NAT64, 6to4), those of protocols and documentation, and the host service of Azure's machines.
NOT_OUTSIDE = [
    ipaddress.ip_network(network)
    for network in (
        *("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "192.88.99.0/24"),
        *("192.0.0.0/24", "3fff::/20", "5f00::/16", "fec0::/10"),
        "168.63.129.16/32",
    )
]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status and the beginning of its text, or why there is none."""

    status: int | None
    excerpt: str
    error: str
    seconds: float

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def check_address(address: str) -> None:
    """Raises InvalidInput unless the IP address belongs to the internet: not to this machine, network or cloud."""
    ip = ipaddress.ip_address(address)
    if ip.version == 6 and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if not ip.is_global or ip.is_multicast or any(ip in network for network in NOT_OUTSIDE):
        raise InvalidInput(f"{address} is no address of the internet, and this server allows no others.", field="url")


def post(
    url: str, *, headers: Mapping[str, str], body: bytes, private_allowed: bool, seconds: float = SECONDS
) -> Answer:
    """One attempt, `seconds` at the most. Never raises for what the receiver, or the way to it, does wrong."""
    started = time.monotonic()
    status, text, error = None, b"", ""
    try:
        status, text = _exchange(url, headers, body, _Outside(_Deadline(started + seconds), private_allowed))
    except httpcore.TimeoutException:
        error = f"No answer within {seconds:g} seconds."
    except InvalidInput as refused:
        error = refused.message
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, UnicodeError) as broken:
        error = f"{type(broken).__name__}: {broken}"
    # PostgreSQL stores no zero character.
    excerpt = text.decode(errors="replace").replace("\0", "")[:EXCERPT_CHARACTERS]
    if status is not None and 300 <= status < 400:
        error = "Redirects are not followed; enter the address that it leads to."
    elif status is not None and status >= 400:
        error = f"The receiver answered {status}."
    return Answer(status=status, excerpt=excerpt, error=error, seconds=time.monotonic() - started)


def _exchange(url: str, headers: Mapping[str, str], body: bytes, way: "_Outside") -> tuple[int, bytes]:
    target = httpx.URL(url)
    address = httpcore.URL(scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path)
    text = b""
    with (
        httpcore.ConnectionPool(network_backend=way) as pool,
        pool.stream("POST", address, headers=list(headers.items()), content=body) as response,
    ):
        for part in response.iter_stream():
            text += part
            if len(text) >= EXCERPT_BYTES:
                break
        return response.status, text[:EXCERPT_BYTES]


class _Deadline:
    def __init__(self, end: float) -> None:
        self.end = end

    def left(self) -> float:
        left = self.end - time.monotonic()
        if left <= 0:
            raise httpcore.TimeoutException
        return left


class _Outside(httpcore.NetworkBackend):
    """Connects to the addresses that were checked, and to nothing else."""

    def __init__(self, deadline: _Deadline, private_allowed: bool) -> None:
        self._deadline = deadline
        self._private_allowed = private_allowed

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not self._private_allowed:
            for address in addresses:
                check_address(address)
        for tries_left in range(len(addresses), 0, -1):
            share = self._deadline.left() / tries_left
            try:
                stream = httpcore.SyncBackend().connect_tcp(addresses[-tries_left], port, share)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if tries_left == 1:
                    raise
            else:
                return _Stream(stream, self._deadline)
        raise httpcore.ConnectError(f"{host} has no address.")


class _Stream(httpcore.NetworkStream):
    """A connection whose steps share one deadline: one byte at a time would otherwise hold a worker for hours."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
