"""What happens to a project whose rules may start runs: labels one by one, runs that end as they are told to."""

from datetime import datetime, timedelta

from django.utils import timezone

from heedful.acquisition.models import QueryRound, QueueItem
from heedful.pool.models import Sample
from heedful.projects.models import Project
from heedful.registry.models import Backbone, Evaluation, ModelVersion, TrainingRun
from heedful.triggers.kinds import NewRule
from heedful.triggers.models import RetrainRule
from heedful.triggers.ruleset import add_rule
from tests.factories import hear, queue


def label(project: Project, *choices: str, model: ModelVersion | None = None, sure: float = 0.9) -> list[QueueItem]:
    """So many more labels, one after the other; a model's opinion of each is that it is good, `sure` of it."""
    free = project.samples.filter(role=Sample.Role.POOL, label=None).order_by("pk")
    items = queue(project, list(free[: len(choices)]))
    if model:
        QueryRound.objects.filter(pk=items[0].round_id).update(model_number=model.number)
        QueueItem.objects.filter(round=items[0].round_id).update(probabilities=[sure, 1 - sure])
    for item, choice in zip(items, choices, strict=True):
        hear(item, choice)
    return items


def rule(
    project: Project, kind: str, *, run_kind: str = "quick", minimum: int = 1, **parameters: int | float | str
) -> RetrainRule:
    return add_rule(project=project, new=NewRule(kind, run_kind, parameters, minimum), by=None)


def finished(
    run: TrainingRun, *, cost: float, fell: float = 0.0, promote: bool = True, seconds: float = 0.0
) -> ModelVersion:
    """End a run with a version of that expected cost, which is lower by `fell` than the champion's."""
    project = run.project
    TrainingRun.objects.filter(pk=run.pk).update(
        state=TrainingRun.State.DONE, finished_at=run.created_at + timedelta(seconds=seconds)
    )
    if promote:
        project.models.filter(state=ModelVersion.State.CHAMPION).update(state=ModelVersion.State.RETIRED)
    number = project.models.count() + 1
    model = ModelVersion.objects.create(
        project=project,
        number=number,
        run=run,
        backbone=Backbone.objects.get(name="efficientnet-lite0"),
        state=ModelVersion.State.CHAMPION if promote else ModelVersion.State.REJECTED,
        graph_address="",
        head_address="",
        content_hash=str(number),
        parity=0.0,
        verdict={
            "cost_difference": {"value": -fell, "low": -fell, "high": -fell},
            "probability_cheaper": 0.9,
            "promote": promote,
            "sentences": [],
        },
    )
    interval = {"value": cost, "low": 0.9 * cost, "high": 1.1 * cost}
    share = {"value": 0.8, "low": 0.7, "high": 0.9}
    metrics = {
        "expected_cost": interval,
        "calibration_error": share,
        "average_precision": [share] * 2,
        "recall": [share] * 2,
    }
    Evaluation.objects.create(model=model, gold_hash="", gold_size=5, metrics=metrics)
    return model


def ago(**span: float) -> datetime:
    return timezone.now() - timedelta(**span)
