"""Where the predictor listens: the process that holds models in memory and answers the web server. No Django here: the
settings take their default from url().
"""

from pathlib import Path

from heedful.conf import valkey

PATH = "health"


def socket_path(home: Path) -> Path:
    """In the home; below a path too long for a socket, beside Valkey's."""
    other = valkey.socket_path(home)
    return home / "predictor.sock" if other.is_relative_to(home) else other.with_name("predictor.sock")


def url(home: Path) -> str:
    return f"unix:{socket_path(home)}"


def make_folders(home: Path) -> None:
    """Make the socket's folder, and clear away what a killed predictor left. Raises PermissionError if the folder is
    somebody else's."""
    valkey.make_folders(home)
    socket_path(home).unlink(missing_ok=True)
