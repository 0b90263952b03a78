"""The secrets an installation makes for itself at its first start.

They live in `<home>/credentials.json`, readable by its owner only, are made once and never changed by
Heedful; environment variables overrule them. No Django here: the settings read this file.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

FILE_NAME = "credentials.json"


def _password() -> str:
    return secrets.token_urlsafe(12)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Heedful's and Label Studio's first user, and the keys between programs."""

    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(50), repr=False)
    admin_email: str = "admin@heedful.local"
    admin_password: str = field(default_factory=_password, repr=False)
    label_studio_email: str = "admin@heedful.local"
    label_studio_password: str = field(default_factory=_password, repr=False)
    label_studio_token: str = field(default_factory=lambda: secrets.token_hex(20), repr=False)


def load(home: Path) -> Credentials:
    """The credentials of the installation in `home`, made now if there are none.

    Safe between processes: whoever links its file first wins, everyone reads that one.
    """
    path = home / FILE_NAME
    if not path.exists():
        _create(path)
    return Credentials(**json.loads(path.read_text()))


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # NamedTemporaryFile is made with mode 600; the link is atomic and refuses to replace.
    with NamedTemporaryFile("w", dir=path.parent, prefix=".credentials-") as file:
        json.dump(asdict(Credentials()), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
        try:
            os.link(file.name, path)
        except FileExistsError:
            return
