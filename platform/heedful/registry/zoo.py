"""The backbones that a project can choose: the catalogue's, and those that its managers brought.

A manager brings one as a file with a declared contract, by the name of an installed package, or by its name on the
transformers hub. A worker runs it before anybody can choose it, and says what it does not keep.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import IO

from django.conf import settings
from django.db import IntegrityError, transaction

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.core import artifacts
from heedful.core.errors import Conflict, InvalidInput
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.projects.backbones import BACKBONES, BackboneInfo, require_backbone
from heedful.projects.models import Project
from heedful.registry.models import Backbone, OwnBackbone
from heedful.registry.preparing import check_preparing

ENTRY_POINTS = "heedful.backbones"
SIZES, WIDTHS = (16, 1024), (2, 8192)
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,58}[a-z0-9]")
HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
KIND, STATE = OwnBackbone.Kind, OwnBackbone.State


def backbones_of(project: Project) -> list[BackboneInfo]:
    """Those of the catalogue, then the project's own that have passed."""
    own = project.own_backbones.filter(state=STATE.READY).order_by("pk")
    return [*BACKBONES.values(), *(_info(one) for one in own)]


def _info(own: OwnBackbone) -> BackboneInfo:
    return BackboneInfo(
        name=own.name,
        origin=own.origin,
        licence=own.licence,
        size=own.size or 0,
        embedding_width=own.embedding_width or 0,
        parameters=own.parameters or 0.0,
    )


def require_choosable(project: Project, name: str) -> None:
    """Raises InvalidInput, naming the field."""
    if not project.own_backbones.filter(name=name, state=STATE.READY).exists():
        require_backbone(name)


def fine_tunable(project: Project) -> bool:
    """Not a file: that is a graph, without the code that learns."""
    return not project.own_backbones.filter(name=project.backbone, kind=KIND.FILE).exists()


def packaged() -> list[str]:
    """The names of the backbones that installed packages bring."""
    return sorted({point.name for point in entry_points(group=ENTRY_POINTS)})


def hub_installed() -> bool:
    return find_spec("transformers") is not None


@dataclass(frozen=True, slots=True)
class Declared:
    """What is said of a file. mean, std: of the channels red, green and blue, of values 0..1."""

    name: str
    licence: str
    origin: str
    size: int
    mean: Sequence[float]
    std: Sequence[float]
    embedding_width: int


def numbers(text: str, *, field: str) -> list[float]:
    """Of “0.485, 0.456, 0.406”. Raises InvalidInput."""
    try:
        return [float(one) for one in text.split(",")]
    except ValueError as error:
        raise InvalidInput(
            "Give three numbers with commas between them, of red, green and blue.", field=field
        ) from error


def add_file(*, project: Project, declared: Declared, content: IO[bytes], by: User | None) -> OwnBackbone:
    """Keep the file and have it checked. Raises InvalidInput, which names the field and the fix."""
    _check_name(project, declared.name)
    _check_words(declared.licence, declared.origin)
    _check_numbers(declared)
    own = OwnBackbone(
        project=project,
        kind=KIND.FILE,
        name=declared.name,
        source=_stored(project, declared.name, content),
        licence=declared.licence.strip(),
        origin=declared.origin.strip(),
        size=declared.size,
        mean=list(declared.mean),
        std=list(declared.std),
        embedding_width=declared.embedding_width,
    )
    return _add(own, by)


def add_package(*, project: Project, name: str, by: User | None) -> OwnBackbone:
    """What it is, its catalogue entry says. Raises InvalidInput."""
    if name not in packaged():
        there = f"they bring {', '.join(packaged())}" if packaged() else "none is installed"
        raise InvalidInput(
            f"No installed package brings a backbone {name} in the entry point group {ENTRY_POINTS}; {there}.",
            field="name",
        )
    _check_name(project, name)
    return _add(OwnBackbone(project=project, kind=KIND.PACKAGE, name=name, licence="", origin=""), by)


def add_from_hub(*, project: Project, name: str, source: str, licence: str, by: User | None) -> OwnBackbone:
    """Downloaded by a worker, safe tensors alone. Raises InvalidInput."""
    if not hub_installed():
        raise InvalidInput("Models of the hub need the extra `hub`: pip install 'heedful[hub]'.", field="source")
    if not HUB_NAME.fullmatch(source):
        raise InvalidInput("Give the model's name on the hub, as in facebook/dinov2-small.", field="source")
    _check_name(project, name)
    _check_words(licence, source)
    own = OwnBackbone(
        project=project, kind=KIND.HUB, name=name, source=source, licence=licence, origin=f"{source} on the hub"
    )
    return _add(own, by)


@transaction.atomic
def _add(own: OwnBackbone, by: User | None) -> OwnBackbone:
    OwnBackbone.objects.filter(name=own.name, project=own.project, state=STATE.REFUSED).delete()
    try:
        with transaction.atomic():
            own.save()
    except IntegrityError as error:
        raise InvalidInput(
            f"There is a backbone called {own.name} already; choose another name.", field="name"
        ) from error
    enqueue(Job.Kind.CHECK_BACKBONE, key=str(own.pk), project_id=own.project_id, subject=own.name, own_id=own.pk)
    record(
        project_id=own.project_id,
        by=by,
        action=AuditEntry.Action.SETTINGS,
        subject=own.name,
        after={"backbone added": own.name, "from": own.get_kind_display().lower()},
    )
    return own


def _check_name(project: Project, name: str) -> None:
    if not NAME.fullmatch(name):
        raise InvalidInput("Name it with 3 to 60 small letters, digits, dots, dashes or underscores.", field="name")
    taken = OwnBackbone.objects.filter(name=name).exclude(project=project, state=STATE.REFUSED)
    if name in BACKBONES or taken.exists():
        raise InvalidInput(f"There is a backbone called {name} already; choose another name.", field="name")


def _check_words(licence: str, origin: str) -> None:
    if not licence.strip():
        raise InvalidInput("State its licence, as in Apache-2.0 or “our own”.", field="licence")
    if not origin.strip():
        raise InvalidInput("State where it comes from: who trained it, on what.", field="origin")


def _check_numbers(declared: Declared) -> None:
    check_preparing(size=declared.size, mean=declared.mean, std=declared.std, sizes=SIZES)
    if not WIDTHS[0] <= declared.embedding_width <= WIDTHS[1]:
        raise InvalidInput(f"An embedding holds {WIDTHS[0]} to {WIDTHS[1]:,} numbers.", field="embedding_width")


def _stored(project: Project, name: str, content: IO[bytes]) -> str:
    address = artifacts.url("backbones", "own", str(project.pk), name)
    taken, most = 0, settings.MAX_BACKBONE_BYTES
    with artifacts.staged(address) as path, path.open("wb") as target:
        while chunk := content.read(2**20):
            taken += len(chunk)
            if taken > most:
                raise InvalidInput(
                    f"The file is larger than the {most / 2**20:.0f} MiB that a backbone may have; export it in half"
                    " precision, or raise HEEDFUL_MAX_BACKBONE_BYTES.",
                    field="file",
                )
            target.write(chunk)
    if not taken:
        raise InvalidInput("The file is empty.", field="file")
    return address


@dataclass(frozen=True, slots=True)
class Found:
    """What a worker found to be true of it."""

    licence: str
    origin: str
    size: int
    embedding_width: int
    parameters: float


def accept_backbone(*, own_id: int, found: Found) -> None:
    OwnBackbone.objects.filter(pk=own_id).update(
        state=STATE.READY,
        error="",
        licence=found.licence,
        origin=found.origin,
        size=found.size,
        embedding_width=found.embedding_width,
        parameters=found.parameters,
    )


def refuse_backbone(*, own_id: int, error: str) -> None:
    OwnBackbone.objects.filter(pk=own_id, state=STATE.CHECKING).update(state=STATE.REFUSED, error=error)


@transaction.atomic
def remove_backbone(*, own: OwnBackbone, by: User | None) -> None:
    """Raises Conflict while the project is set to it, or a version stands on it."""
    exported = Backbone.objects.filter(base=own.name)
    if own.project.backbone == own.name:
        raise Conflict(f"{own.name} is the project's backbone; choose another first.")
    if exported.filter(models__isnull=False).exists():
        raise Conflict(f"A model version stands on {own.name}, so it is kept.")
    exported.delete()
    record(
        project_id=own.project_id,
        by=by,
        action=AuditEntry.Action.SETTINGS,
        subject=own.name,
        before={"backbone": own.name},
    )
    if own.kind == KIND.FILE:
        transaction.on_commit(lambda: artifacts.delete(own.source))
    own.delete()
