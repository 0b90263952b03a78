"""A backbone that a manager brought: run, held to what was declared of it, measured, and kept as one of ours."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from heedful.core import artifacts
from heedful.core.errors import NotFound
from heedful.registry.models import Backbone, OwnBackbone
from heedful.registry.zoo import Found, accept_backbone
from ml.backbones.declared import Contract, keep
from workers.backbones import measure_speeds, spec_of, store_backbone
from workers.running import RunningJob

MILLION = 1e6


def check_backbone(running: RunningJob) -> None:
    """Raises ModelError, which says what it does not keep; the job's end then refuses it."""
    own = OwnBackbone.objects.filter(pk=running.arguments["own_id"]).first()
    if own is None:
        raise NotFound("The backbone was removed.")
    if own.state != OwnBackbone.State.READY:
        backbone, found = _of_file(own) if own.kind == OwnBackbone.Kind.FILE else _of_code(own)
        measure_speeds([backbone])
        accept_backbone(own_id=own.pk, found=found)


def _of_file(own: OwnBackbone) -> tuple[Backbone, Found]:
    size, width = own.size or 0, own.embedding_width or 0
    contract = Contract(size=size, mean=tuple(own.mean), std=tuple(own.std), embedding_width=width)
    with TemporaryDirectory() as folder:
        graph = Path(folder, "backbone.onnx")
        kept = keep(artifacts.read(own.source), contract, graph)
        content = graph.read_bytes()
    key = f"{own.name}-{hashlib.sha256(content).hexdigest()[:16]}"
    address = artifacts.url("backbones", f"{key}.onnx")
    artifacts.write(address, content)
    backbone, _ = Backbone.objects.update_or_create(
        name=own.name, run=None, defaults={"key": key, "address": address, "checkpoint_address": "", "base": own.name}
    )
    return backbone, Found(own.licence, own.origin, size, width, kept.parameters / MILLION)


def _of_code(own: OwnBackbone) -> tuple[Backbone, Found]:
    """Of a package or the hub: exported as those of the catalogue are, with PyTorch held against ONNX Runtime."""
    spec = spec_of(own.name)
    module = spec.build()
    backbone = store_backbone(spec=spec, name=own.name, module=module, run=None)
    parameters = sum(one.numel() for one in module.parameters()) / MILLION
    return backbone, Found(spec.licence, spec.origin, spec.preprocessing.size, spec.embedding_width, parameters)
