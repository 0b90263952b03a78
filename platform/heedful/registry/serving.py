"""What a version is handed out as: decisions for pictures, and the bundle that runs elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from heedful import __version__
from heedful.core import artifacts
from heedful.core.errors import InvalidInput
from heedful.projects.models import Project
from heedful.registry import predictor
from heedful.registry.bounds import foreign_address
from heedful.registry.models import ModelVersion
from heedful.registry.predictor import Answer
from heedful.registry.variants import Step, named_version, steps_of


@dataclass(frozen=True, slots=True)
class Served:
    """`steps` are what the answer's `by` counts."""

    model: ModelVersion
    steps: list[Step]
    answer: Answer


def check_pictures(sizes: Sequence[int]) -> None:
    """Raises InvalidInput when there are none, too many, or more bytes than may be sent at once."""
    if not sizes:
        raise InvalidInput("Send at least one picture.", field="pictures")
    if len(sizes) > settings.MAX_PREDICT_PICTURES:
        raise InvalidInput(
            f"{len(sizes)} pictures; send at most {settings.MAX_PREDICT_PICTURES} at once.", field="pictures"
        )
    if sum(sizes) > settings.MAX_PREDICT_BYTES:
        megabytes = settings.MAX_PREDICT_BYTES / 2**20
        raise InvalidInput(f"Together the pictures are larger than {megabytes:.0f} MiB; send fewer.", field="pictures")


def predict(*, project: Project, number: int | None, variant: str, pictures: Sequence[tuple[str, bytes]]) -> Served:
    """What the champion, or the version of that number, says of pictures, in the form of that variant.

    Raises NotFound, Conflict, InvalidInput, or PredictorUnavailable.
    """
    check_pictures([len(content) for _, content in pictures])
    model = named_version(project, number)
    steps = steps_of(model, variant)
    answer = predictor.predict(
        steps=steps,
        costs=_costs(project),
        pictures=pictures,
        foreign=_guards(project, steps),
        passing=1 - project.foreign_share,
    )
    return Served(model, steps, answer)


def _guards(project: Project, steps: Sequence[Step]) -> list[str | None]:
    """What is foreign is told apart in the embedding of the graph that answers, as far as that was fitted."""
    if not project.foreign_share:
        return [None] * len(steps)
    addresses = [foreign_address(project, one.address) for one in steps]
    return [one if artifacts.exists(one) else None for one in addresses]


def bundle(*, project: Project, number: int, variant: str) -> bytes:
    """Raises NotFound, Conflict, or PredictorUnavailable."""
    model = named_version(project, number)
    steps = steps_of(model, variant)
    return predictor.pack(steps=steps, costs=_costs(project), card=_card(model, variant))


def _costs(project: Project) -> list[list[float]]:
    return [[float(cost) for cost in row] for row in project.decision_costs()]


def _card(model: ModelVersion, variant: str) -> dict[str, Any]:
    """What is known of the model, for whoever meets it far from here."""
    metrics = model.evaluation.metrics
    made = model.variants.filter(kind=variant).first()
    project = model.project
    return {
        "name": f"{project.name} v{model.number}",
        "problem": project.problem,
        "version": model.number,
        "variant": variant,
        "made": model.created_at.isoformat(),
        "backbone": model.backbone.name,
        "training": f"{model.run.kind} run on {model.run.snapshot.count} labels",
        "labels_hash": model.run.snapshot.content_hash,
        "judged_on": f"{model.evaluation.gold_size} gold samples, drawn at random from the pool",
        "expected_cost_a_sample": (made.report if made else metrics)["expected_cost"],
        "currency": project.budget.currency,
        "verdict": model.verdict.get("sentences", []),
        "variant_verdict": made.report["sentences"] if made else [],
        "content_hash": model.content_hash,
        "heedful": __version__,
    }
