"""What a run is expected to take, from those before it: time, and money where an hour of computing has a price."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median

from heedful.core.money import rounded
from heedful.projects.models import Project
from heedful.registry.models import TrainingRun

LATEST = 5
"""The median of so many: pools grow, and a machine may be busy."""


@dataclass(frozen=True, slots=True)
class ExpectedCost:
    """`runs` is how many runs it rests on; without any there is nothing to say. None of it is the label budget's."""

    runs: int
    seconds: float | None
    price: Decimal | None


def expected_cost(project: Project, run_kind: str, *, before: datetime | None = None) -> ExpectedCost:
    """By the latest runs of that kind that ended with a model, from their start to their verdict."""
    runs = project.runs.filter(kind=run_kind, state=TrainingRun.State.DONE, finished_at__isnull=False)
    if before is not None:
        runs = runs.filter(finished_at__lte=before)
    spans = runs.order_by("-pk").values_list("created_at", "finished_at")[:LATEST]
    seconds = [(ended - began).total_seconds() for began, ended in spans if ended is not None]
    return priced(project, seconds)


def priced(project: Project, seconds: list[float]) -> ExpectedCost:
    if not seconds:
        return ExpectedCost(0, None, None)
    expected, hourly = median(seconds), project.compute_price
    price = None if hourly is None else rounded(hourly * Decimal(str(expected)) / 3600)
    return ExpectedCost(len(seconds), round(expected, 1), price)
