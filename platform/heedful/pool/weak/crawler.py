"""Getting pages and pictures of other people's servers, as they ask to be asked.

robots.txt is obeyed, also where a redirect leads; one request at a time to a host, with a pause between two; every
request says who asks, has a deadline and a limit of size, and leads to the internet alone unless the server's own
settings say otherwise.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import httpcore
from django.conf import settings

from heedful.core.errors import InvalidInput
from heedful.core.outside import Deadline, Outside, Response, exchange
from heedful.pool.pictures import Refused

SECONDS = 20.0
REDIRECTS = 3
ROBOTS_BYTES = 512 * 2**10
PAGE_BYTES = 5 * 2**20
PICTURE_BYTES = 50 * 2**20
LONGEST_PAUSE = 60.0
_MOVED = (301, 302, 303, 307, 308)


@dataclass(slots=True)
class _Host:
    """`asked_at`: when its last request ended. `robots`: None where it answers in no way that could be obeyed."""

    robots: RobotFileParser | None = None
    read: bool = False
    asked_at: float = 0.0


@dataclass(slots=True)
class Crawler:
    """Raises Refused for whatever cannot be had, in words for the manager who named it."""

    agent: str = field(default_factory=lambda: settings.COLLECTOR_AGENT)
    pause: float = field(default_factory=lambda: settings.COLLECTOR_SECONDS_BETWEEN)
    private_allowed: bool = field(default_factory=lambda: settings.COLLECTOR_PRIVATE_ADDRESSES)
    sleep: Callable[[float], None] = time.sleep
    _hosts: dict[str, _Host] = field(default_factory=dict)

    def get(self, address: str, *, most_bytes: int) -> Response:
        """What lies at an address, or where it leads to."""
        for _ in range(REDIRECTS + 1):
            response = self._allowed(address, most_bytes)
            if response.status not in _MOVED or "location" not in response.headers:
                return self._good(address, response, most_bytes)
            address = urljoin(address, response.headers["location"])
        raise Refused(f"It leads on and on: more than {REDIRECTS} redirects.")

    def page(self, address: str) -> str:
        response = self.get(address, most_bytes=PAGE_BYTES)
        kind, _, rest = response.headers.get("content-type", "text/html").partition(";")
        if "html" not in kind and "xml" not in kind:
            raise Refused(f"It is no page but {kind.strip()}.")
        charset = rest.partition("charset=")[2].split(";")[0].strip(" \"'") or "utf-8"
        try:
            return response.body.decode(charset, errors="replace")
        except LookupError:
            return response.body.decode(errors="replace")

    def _good(self, address: str, response: Response, most_bytes: int) -> Response:
        if response.status != 200:
            raise Refused(f"{urlsplit(address).netloc} answers {response.status}.")
        if not response.whole:
            raise Refused(f"It is larger than the {most_bytes / 2**20:.0f} MiB that are read.")
        return response

    def _allowed(self, address: str, most_bytes: int) -> Response:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refused(f"{address} is no address of a page: http:// or https:// is.")
        host = self._hosts.setdefault(f"{parts.scheme}://{parts.netloc}", _Host())
        if not host.read:
            host.robots, host.read = self._robots(host, f"{parts.scheme}://{parts.netloc}/robots.txt"), True
        if host.robots is None or not host.robots.can_fetch(self.agent, address):
            raise Refused(f"The robots.txt of {parts.netloc} does not allow it.")
        return self._ask(host, address, most_bytes)

    def _robots(self, host: _Host, address: str) -> RobotFileParser | None:
        """Without the file everything is allowed; where it cannot be read, or is kept from us, nothing is."""
        response = self._ask(host, address, ROBOTS_BYTES)
        robots = RobotFileParser(address)
        if response.status == 200:
            robots.parse(response.body.decode(errors="replace").splitlines())
        elif 400 <= response.status < 500 and response.status not in (401, 403, 429):
            robots.parse([])
        else:
            return None
        return robots

    def _ask(self, host: _Host, address: str, most_bytes: int) -> Response:
        asked_pause = host.robots.crawl_delay(self.agent) if host.robots else None
        pause = min(max(self.pause, float(asked_pause or 0)), LONGEST_PAUSE)
        if host.asked_at:
            self.sleep(max(host.asked_at + pause - time.monotonic(), 0.0))
        way = Outside(Deadline(time.monotonic() + SECONDS), self.private_allowed)
        headers = {"User-Agent": self.agent, "Accept": "*/*", "Host": urlsplit(address).netloc}
        try:
            return exchange("GET", address, headers=headers, body=b"", way=way, most_bytes=most_bytes)
        except httpcore.TimeoutException as error:
            raise Refused(f"{urlsplit(address).netloc} does not answer within {SECONDS:g} seconds.") from error
        except InvalidInput as error:
            raise Refused(error.message) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError, UnicodeError, ValueError) as error:
            raise Refused(f"{urlsplit(address).netloc} cannot be reached: {type(error).__name__}: {error}.") from error
        finally:
            host.asked_at = time.monotonic()
