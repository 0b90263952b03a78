"""The predictor: a small web server of its own, beside the workers, that keeps models loaded.

It answers orders of the web server and of nobody else (`heedful.registry.predictor`), while the workers are busy with
whatever takes minutes.
"""

import io
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from functools import partial
from itertools import accumulate
from typing import IO, Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heedful.conf.settings")
django.setup()

import numpy as np  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.signing import BadSignature  # noqa: E402
from PIL import Image  # noqa: E402

from heedful.conf import predictor  # noqa: E402
from heedful.core import artifacts  # noqa: E402
from heedful.registry.predictor import opened  # noqa: E402
from ml.arrays import Embeddings, Images, Indices  # noqa: E402
from ml.errors import UnreadablePicture  # noqa: E402
from ml.evaluation.decisions import expected_costs  # noqa: E402
from ml.inference.answering import Seen, answer  # noqa: E402
from ml.inference.bundle import Graph, write_bundle  # noqa: E402
from ml.inference.preprocessing import Preprocessing, decode  # noqa: E402
from workers import explaining, neighbours  # noqa: E402
from workers.files import CORES, session  # noqa: E402
from workers.foreign import foreign_at  # noqa: E402

# Pillow refuses pictures of more than twice this.
Image.MAX_IMAGE_PIXELS = settings.MAX_IMAGE_PIXELS // 2

Order = Mapping[str, Any]
Reply = tuple[str, str, bytes]
"""Status, content type and body."""


class Unreadable(Exception):
    """The picture at this place."""

    def __init__(self, place: int, reason: str) -> None:
        super().__init__(reason)
        self.place = place


def application(environ: Mapping[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    status, content_type, body = _reply(environ["PATH_INFO"], environ["wsgi.input"])
    start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(body)))])
    return [body]


def _reply(path: str, body: IO[bytes]) -> Reply:
    if path == f"/{predictor.PATH}":
        return "200 OK", "text/plain", b"ok\n"
    if path not in TASKS:
        return "404 Not Found", "text/plain", b"There is nothing here.\n"
    line, _, contents = body.read().partition(b"\n")
    try:
        return TASKS[path](opened(line.decode("ascii", "replace")), contents)
    except BadSignature:
        return "403 Forbidden", "text/plain", b"This order is not the web server's, or too old.\n"
    except Unreadable as error:
        return _json("422 Unprocessable Content", {"picture": error.place, "message": str(error)})


def predict(order: Order, contents: bytes) -> Reply:
    started = time.perf_counter()
    stages = [(session(address, threads=CORES), threshold) for _, address, threshold in order["steps"]]
    costs = np.array(order["costs"], np.float64)
    pictures = _Sent(order["sizes"], contents)
    scores: list[float | None] = [None] * len(order["sizes"])
    thresholds = list(scores)

    def guard(address: str) -> Seen:
        foreign = foreign_at(address)
        threshold = foreign.threshold(order["passing"])

        def seen(rows: Indices, embeddings: Embeddings) -> None:
            for row, score in zip(rows.tolist(), foreign.scores(embeddings).tolist(), strict=True):
                scores[row], thresholds[row] = score, threshold

        return seen

    guards = [guard(one) if one else None for one in order["foreign"]]
    probabilities, by = answer(stages, pictures.prepared, len(scores), costs, seen=guards)
    expected = expected_costs(probabilities, costs)
    decided = expected.argmin(axis=1)
    return _json(
        "200 OK",
        {
            "classes": stages[-1][0].classes,
            "probabilities": probabilities.tolist(),
            "decisions": decided.tolist(),
            "expected_costs": expected[np.arange(len(decided)), decided].tolist(),
            "by": by.tolist(),
            "foreign_scores": scores,
            "foreign_thresholds": thresholds,
            "seconds": time.perf_counter() - started,
        },
    )


def bundle(order: Order, contents: bytes) -> Reply:
    packed = io.BytesIO()
    with ExitStack() as copies:
        graphs = [
            Graph(_name(kind), copies.enter_context(artifacts.local_copy(address)), threshold)
            for kind, address, threshold in order["steps"]
        ]
        write_bundle(packed, graphs, costs=order["costs"], card=order["card"])
    return "200 OK", "application/zip", packed.getvalue()


def _name(kind: str) -> str:
    return "model" if kind == "full" else f"model-{kind}"


class _Sent:
    """The pictures of an order, each prepared once for all graphs that need it alike."""

    def __init__(self, sizes: list[int], contents: bytes) -> None:
        ends = list(accumulate(sizes))
        self._contents = [contents[end - size : end] for size, end in zip(sizes, ends, strict=True)]
        self._known: dict[tuple[int, Preprocessing], Images] = {}

    def prepared(self, place: int, preprocessing: Preprocessing) -> Images:
        if (place, preprocessing) not in self._known:
            try:
                self._known[place, preprocessing] = decode(io.BytesIO(self._contents[place]), preprocessing)
            except UnreadablePicture as error:
                raise Unreadable(place, str(error).removeprefix("picture: ")) from error
        return self._known[place, preprocessing]


def _json(status: str, body: Mapping[str, Any]) -> Reply:
    return status, "application/json", json.dumps(body).encode()


TASKS: Mapping[str, Callable[[Order, bytes], Reply]] = {
    "/predict": predict,
    "/bundle": bundle,
    "/methods": partial(explaining.answered, explaining.methods),
    "/inspect": partial(explaining.answered, explaining.inspect),
    "/keep": partial(explaining.answered, explaining.keep),
    "/nearest": partial(explaining.answered, neighbours.nearest_known),
}
