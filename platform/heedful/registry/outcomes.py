"""What the money of past rounds bought: from one model version to the next, by the parts of the query plans."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Sum

from heedful.acquisition.models import QueryRound
from heedful.budgets.models import LedgerEntry
from heedful.projects.models import Project
from heedful.registry.models import ModelVersion


@dataclass(frozen=True, slots=True)
class Bought:
    """Between two versions: spent by slot, in money; what was spent in all before and after; the expected cost a sample
    that each version measured on gold."""

    spent: Mapping[str, float]
    money: tuple[float, float]
    cost: tuple[float, float]


def bought(project: Project) -> list[Bought]:
    """Oldest first. A version on another backbone owes its quality to that, so it is not compared with the last."""
    models = project.models.select_related("run", "evaluation").order_by("number")
    return [
        Bought(
            spent=_spent_between(before, after),
            money=(float(before.run.spent), float(after.run.spent)),
            cost=(_cost(before), _cost(after)),
        )
        for before, after in pairwise(models)
        if before.backbone_id == after.backbone_id
    ]


def _spent_between(before: ModelVersion, after: ModelVersion) -> dict[str, float]:
    """By slot: what answers of query rounds cost in that time. Asking again and honeypots have no slot."""
    charged = LedgerEntry.objects.filter(
        project_id=after.project_id,
        item__round__kind=QueryRound.Kind.QUERY,
        at__gt=before.run.created_at,
        at__lte=after.run.created_at,
    ).exclude(item__slot="")
    sums = charged.order_by().values("item__slot").annotate(sum=Sum("spent")).values_list("item__slot", "sum")
    return {slot: float(spent) for slot, spent in sums if spent > 0}


def _cost(model: ModelVersion) -> float:
    return float(model.evaluation.metrics["expected_cost"]["value"])
