"""Model versions as a run would leave them, for tests of what is read from them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from heedful.projects.models import Project
from heedful.quality.models import Snapshot
from heedful.registry.models import Backbone, Evaluation, ModelVersion, TrainingRun

GOLD = 200


def metrics(cost: float, classes: int = 2) -> dict[str, Any]:
    interval = {"value": cost, "low": cost * 0.7, "high": cost * 1.3}
    none = [None] * classes
    return {"expected_cost": interval, "average_precision": none, "recall": none, "calibration_error": interval}


def make_version(
    project: Project,
    *,
    spent: float,
    cost: float,
    labels: int,
    control: tuple[int, float, float] | None = None,
    promoted: bool = True,
) -> ModelVersion:
    """`control`: labels, spending and expected cost of a head that learned from the random control alone."""
    number = project.models.count() + 1
    backbone, _ = Backbone.objects.get_or_create(
        name="efficientnet-lite0", run=None, defaults={"key": "lite0", "base": "efficientnet-lite0"}
    )
    run = TrainingRun.objects.create(
        project=project,
        kind=TrainingRun.Kind.QUICK,
        state=TrainingRun.State.DONE,
        reason="Because the test says so.",
        snapshot=Snapshot.objects.create(project=project, content_hash=str(number), address="", count=labels),
        seed=1,
        code_version="test",
        spent=Decimal(str(spent)),
    )
    if promoted:
        project.models.filter(state=ModelVersion.State.CHAMPION).update(state=ModelVersion.State.RETIRED)
    model = ModelVersion.objects.create(
        project=project,
        number=number,
        run=run,
        backbone=backbone,
        state=ModelVersion.State.CHAMPION if promoted else ModelVersion.State.REJECTED,
        graph_address="",
        head_address="",
        content_hash=str(number),
        parity=0.0,
        verdict={},
    )
    drawn = control and {"labels": control[0], "spent": str(control[1]), "metrics": metrics(control[2])}
    Evaluation.objects.create(
        model=model, gold_hash="gold", gold_size=GOLD, metrics=metrics(cost), control=drawn or None
    )
    return model


def learn(project: Project, costs: Sequence[float], *, step: float = 20.0) -> list[ModelVersion]:
    """A version after each `step` of spending, a tenth of it on labels drawn by chance, which learn slower."""
    return [
        make_version(
            project,
            spent=step * place,
            cost=cost,
            labels=int(step * place),
            control=(2 * place, step * place / 10, cost + 0.4),
        )
        for place, cost in enumerate(costs, start=1)
    ]
