"""What the predictor answers of explanations: which methods there are, what they show of pictures, and whether a model
of somebody's own keeps what was declared of it."""

import base64
import json
from collections.abc import Callable, Mapping
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from heedful.core import artifacts
from ml.errors import BadSetting, BrokenContract, BrokenMethod, ModelError, NotExplainable, UnreadablePicture
from ml.explain.catalogue import find, names
from ml.explain.method import checked_settings, schema
from ml.explain.model import ExplainedModel
from workers.files import CORES, explained, source
from workers.inspecting import PICTURES, Look, looked_at
from workers.maps import Picture

Order = Mapping[str, Any]


class Refusal(Exception):
    """`field`: of what was asked for, the one at fault."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def methods(order: Order, _: bytes) -> Mapping[str, Any]:
    """Every method with its settings, and why one does not work on this model; its layers, from the first on."""
    model = explained(order["address"], threads=CORES)
    gradients = _lacking(lambda: model.module)
    told = []
    for name in names():
        try:
            method = find(name)
        except BrokenMethod as error:
            told.append({"name": name, "title": name, "lacking": str(error), "settings": []})
            continue
        lacking = ""
        if method.takes == "gradients":
            lacking = gradients
        elif method.takes == "head" and model.head is None:
            lacking = "The model does not end in a mean over a feature map and a linear layer."
        told.append({**schema(method), "lacking": lacking})
    return {"methods": told, "layers": [] if gradients else list(model.layers), "classes": list(model.classes)}


def _lacking(use: Callable[[], object]) -> str:
    try:
        use()
    except NotExplainable as error:
        return str(error)
    return ""


def inspect(order: Order, contents: bytes) -> Mapping[str, Any]:
    """Each picture looked at; of one that cannot be, the reason, and the rest goes on. Raises Refusal."""
    look = look_of(order)
    ends = list(accumulate(order["sizes"]))
    sent = [contents[end - size : end] for size, end in zip(order["sizes"], ends, strict=True)]
    samples = [
        Picture(one["content_hash"], source(one["address"]), one["width"], one["height"]) for one in order["samples"]
    ]
    asked: list[bytes | Picture] = [*sent, *samples]
    return {"pictures": [_looked_at(look, one) for one in asked]}


def look_of(order: Order) -> Look:
    """Raises Refusal, which names the field."""
    model: ExplainedModel = explained(order["address"], threads=CORES)
    try:
        method = find(order["method"])
        settings = checked_settings(method, order["settings"])
    except BrokenMethod as error:
        raise Refusal("method", str(error)) from error
    except BadSetting as error:
        raise Refusal(f"settings.{error.field}", str(error)) from error
    unknown = [name for name in order["classes"] if name not in model.classes]
    if unknown:
        raise Refusal("classes", f"{unknown[0]} is none of the model's classes: {', '.join(model.classes)}.")
    places = tuple(model.classes.index(name) for name in order["classes"])
    return Look(model, order["content_hash"], method, settings, order["top"], places)


def _looked_at(look: Look, picture: bytes | Picture) -> Mapping[str, Any]:
    """With its pictures written into it: nothing of what was sent is kept."""
    try:
        found = looked_at(look, picture if isinstance(picture, Picture) else Picture.sent(picture))
    except UnreadablePicture as error:
        return {"error": str(error).removeprefix("picture: "), "maps": []}
    except NotExplainable as error:
        raise Refusal("method", str(error)) from error
    inline = {one: _inline(found[one]) for one in PICTURES}
    return {"error": "", **found, **inline}


def _inline(picture: bytes | None) -> str | None:
    return None if picture is None else "data:image/webp;base64," + base64.b64encode(picture).decode()


def keep(order: Order, contents: bytes) -> Mapping[str, Any]:
    """Hold a model of somebody's own to its declaration, and keep it as a graph of ours. Raises Refusal."""
    # Only here is PyTorch needed before a method asks for gradients.
    from ml.explain.declared import Contract, keep_classifier

    contract = Contract(
        size=order["size"],
        mean=tuple(order["mean"]),
        std=tuple(order["std"]),
        classes=tuple(order["classes"]),
        gives=order["gives"],
    )
    with TemporaryDirectory() as folder:
        path = Path(folder, "model.onnx")
        try:
            keep_classifier(contents, contract, path)
        except BrokenContract as error:
            raise Refusal(error.field, str(error)) from error
        except ModelError as error:
            raise Refusal("file", str(error)) from error
        artifacts.write(order["to"], path.read_bytes())
    model = explained(order["to"], threads=CORES)
    return {"has_head": model.head is not None, "gradients": _lacking(lambda: model.module)}


def answered(
    task: Callable[[Order, bytes], Mapping[str, Any]], order: Order, contents: bytes
) -> tuple[str, str, bytes]:
    """As the predictor replies."""
    try:
        return "200 OK", "application/json", json.dumps(task(order, contents)).encode()
    except Refusal as error:
        body = {"field": error.field, "message": str(error).removeprefix(f"{error.field}: ")}
        return "422 Unprocessable Content", "application/json", json.dumps(body).encode()
