"""Talking to addresses that somebody entered: within a deadline, to the outside only, reading no more than needed.

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


def check_address(address: str) -> None:
    """Raises InvalidInput unless the IP address belongs to the internet: not to this machine, network or cloud."""
    ip = ipaddress.ip_address(address)
    if ip.version == 6 and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if not ip.is_global or ip.is_multicast or any(ip in network for network in NOT_OUTSIDE):
        raise InvalidInput(f"{address} is no address of the internet, and this server allows no others.", field="url")


@dataclass(frozen=True, slots=True)
class Response:
    """`body` is cut off at what was allowed, and then `whole` is false. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool


def exchange(
    method: str, url: str, *, headers: Mapping[str, str], body: bytes, way: "Outside", most_bytes: int
) -> Response:
    """One request. Raises InvalidInput for an address that is not allowed, and what httpcore raises."""
    target = httpx.URL(url)
    address = httpcore.URL(scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path)
    text = b""
    with (
        httpcore.ConnectionPool(network_backend=way) as pool,
        pool.stream(method, address, headers=list(headers.items()), content=body) as response,
    ):
        for part in response.iter_stream():
            text += part
            if len(text) >= most_bytes:
                break
        named = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        return Response(response.status, named, text[:most_bytes], whole=len(text) < most_bytes)


class Deadline:
    def __init__(self, end: float) -> None:
        self.end = end

    def left(self) -> float:
        left = self.end - time.monotonic()
        if left <= 0:
            raise httpcore.TimeoutException
        return left


class Outside(httpcore.NetworkBackend):
    """Connects to the addresses that were checked, and to nothing else."""

    def __init__(self, deadline: Deadline, private_allowed: bool) -> None:
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

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
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
