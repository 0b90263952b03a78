"""Models of people's own: brought with what is declared of them, run by the predictor, shown to their owner alone."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import IO

from django.conf import settings
from django.db import IntegrityError, transaction

from heedful.accounts.models import User
from heedful.core import artifacts
from heedful.core.errors import InvalidInput, NotFound
from heedful.inspection.models import OwnModel
from heedful.registry import predictor
from heedful.registry.preparing import check_preparing

SIZES = (16, 2048)


@dataclass(frozen=True, slots=True)
class Declared:
    """mean, std: of red, green and blue, for values of 0..1. gives: logits or probabilities."""

    name: str
    version: str
    classes: Sequence[str]
    size: int
    mean: Sequence[float]
    std: Sequence[float]
    gives: str


def add_model(*, owner: User, declared: Declared, metrics: Mapping[str, float], content: IO[bytes]) -> OwnModel:
    """Raises InvalidInput, which names the field and the fix, or PredictorUnavailable."""
    _check(declared)
    data = _read(content)
    told = asdict(declared)
    content_hash = hashlib.sha256(data + repr(sorted(told.items())).encode()).hexdigest()
    address = artifacts.url("own-models", str(owner.pk), f"{content_hash}.onnx")
    order = {**told, "to": address}
    found = predictor.keep({name: order[name] for name in ("size", "mean", "std", "classes", "gives", "to")}, data)
    try:
        with transaction.atomic():
            return OwnModel.objects.create(
                owner=owner,
                metrics=dict(metrics),
                content_hash=content_hash,
                graph_address=address,
                lacking=found["gradients"],
                **told,
            )
    except IntegrityError as error:
        raise InvalidInput(
            f"You have a model {declared.name} of version {declared.version} already; name another version.",
            field="version",
        ) from error


def own_model(owner: User, model_id: int) -> OwnModel:
    """Raises NotFound, also for somebody else's."""
    found = OwnModel.objects.filter(owner=owner, pk=model_id).first()
    if found is None:
        raise NotFound(f"You have no model {model_id}.")
    return found


def remove_model(model: OwnModel) -> None:
    address, content_hash = model.graph_address, model.content_hash
    model.delete()
    if not OwnModel.objects.filter(graph_address=address).exists():
        artifacts.delete(address)
        artifacts.delete_below(artifacts.url("maps", content_hash[:32]))


def _check(declared: Declared) -> None:
    for field in ("name", "version"):
        if not getattr(declared, field).strip():
            raise InvalidInput(f"Give it a {field}.", field=field)
    if len(declared.classes) < 2 or len(set(declared.classes)) < len(declared.classes):
        raise InvalidInput("Name at least two classes, each once, in the order of the output.", field="classes")
    check_preparing(size=declared.size, mean=declared.mean, std=declared.std, sizes=SIZES)


def _read(content: IO[bytes]) -> bytes:
    data = content.read(settings.MAX_BACKBONE_BYTES + 1)
    if not data:
        raise InvalidInput("The file is empty.", field="file")
    if len(data) > settings.MAX_BACKBONE_BYTES:
        most = settings.MAX_BACKBONE_BYTES / 2**20
        raise InvalidInput(f"The file is larger than the {most:.0f} MiB that a model may have.", field="file")
    return data
