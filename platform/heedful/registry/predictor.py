"""Asking the predictor, the one process that holds models ready: the web server itself never loads one.

An order is a line of signed JSON, then the pictures end to end. Signed, so that whoever else can reach the predictor
cannot have it read a file; and only for a minute.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpx
from django.conf import settings
from django.core import signing

from heedful.core.errors import InvalidInput, PredictorUnavailable
from heedful.registry.variants import Step

SALT = "heedful.predictor"
VALID_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """`by`: which step answered for a picture; `decisions` are places of classes; `seconds`: decoding and inference.

    `foreign_scores`: how foreign each picture is to what answered, higher is more, above that one of
    `foreign_thresholds` it is out of distribution; None where nothing guards.
    """

    classes: list[str]
    probabilities: list[list[float]]
    decisions: list[int]
    expected_costs: list[float]
    by: list[int]
    foreign_scores: list[float | None]
    foreign_thresholds: list[float | None]
    seconds: float


def predict(
    *,
    steps: Sequence[Step],
    costs: Sequence[Sequence[float]],
    pictures: Sequence[tuple[str, bytes]],
    foreign: Sequence[str | None],
    passing: float,
) -> Answer:
    """Names go with pictures, to say of which one something is wrong. foreign: where it is kept what is foreign to each
    step, if it is; passing: the share of ordinary pictures that is not taken for so. Raises InvalidInput when one
    cannot be read, and PredictorUnavailable."""
    contents = [content for _, content in pictures]
    order = {
        "steps": _told(steps),
        "costs": costs,
        "sizes": [len(content) for content in contents],
        "foreign": list(foreign),
        "passing": passing,
    }
    said = _ask("/predict", order, contents)
    body = said.json()
    if said.status_code == 422:
        raise InvalidInput(f"{pictures[body['picture']][0]}: {body['message']}", field="pictures")
    return Answer(**body)


def pack(*, steps: Sequence[Step], costs: Sequence[Sequence[float]], card: Mapping[str, Any]) -> bytes:
    """The deployable bundle as a zip. Raises PredictorUnavailable."""
    return _ask("/bundle", {"steps": _told(steps), "costs": costs, "card": card}, []).content


def methods(*, address: str) -> dict[str, Any]:
    """Every method of explaining with its settings, and why one does not work on the model at that address; the
    model's layers. Raises PredictorUnavailable."""
    return _explained("/methods", {"address": address}, [])


def inspect(order: Mapping[str, Any], pictures: Sequence[bytes]) -> dict[str, Any]:
    """Pictures looked at through a method, in the form of `heedful.inspection.looking`. Raises InvalidInput, which
    names the field, and PredictorUnavailable."""
    return _explained("/inspect", {**order, "sizes": [len(one) for one in pictures]}, pictures)


def keep(order: Mapping[str, Any], content: bytes) -> dict[str, Any]:
    """A model of somebody's own, held to its declaration. Raises InvalidInput, which names the field, and
    PredictorUnavailable."""
    return _explained("/keep", order, [content])


def nearest(order: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Samples of a snapshot, the nearest first: sample_id, position, distance. Raises PredictorUnavailable."""
    found: list[dict[str, Any]] = _explained("/nearest", order, [])["neighbours"]
    return found


def _explained(path: str, order: Mapping[str, Any], contents: Sequence[bytes]) -> dict[str, Any]:
    said = _ask(path, order, contents)
    body: dict[str, Any] = said.json()
    if said.status_code == 422:
        raise InvalidInput(body["message"], field=body["field"])
    return body


def opened(line: str) -> dict[str, Any]:
    """The order in a line. Raises BadSignature when it is not ours, or old."""
    order: dict[str, Any] = signing.loads(line, salt=SALT, max_age=VALID_SECONDS)
    return order


def _told(steps: Sequence[Step]) -> list[tuple[str, str, float | None]]:
    return [(step.kind, step.address, step.threshold) for step in steps]


def _ask(path: str, order: Mapping[str, Any], contents: Sequence[bytes]) -> httpx.Response:
    line = signing.dumps(order, salt=SALT, compress=True).encode()
    try:
        said = client(settings.PREDICTOR_URL).post(path, content=b"\n".join([line, b"".join(contents)]))
    except httpx.TimeoutException as error:
        raise PredictorUnavailable(f"No answer within {settings.PREDICT_SECONDS} s; send fewer pictures.") from error
    except httpx.TransportError as error:
        raise PredictorUnavailable("The predictor is not running or starts just now. Try again soon.") from error
    if said.status_code not in (200, 422):
        raise PredictorUnavailable(f"The predictor failed ({said.status_code}); its log says why.")
    return said


@lru_cache(maxsize=4)
def client(url: str) -> httpx.Client:
    """Kept, with its connections. Safe to share between threads."""
    transport = httpx.HTTPTransport(uds=url.removeprefix("unix:")) if url.startswith("unix:") else None
    base = "http://predictor" if transport else url
    return httpx.Client(base_url=base, transport=transport, timeout=settings.PREDICT_SECONDS, trust_env=False)
