"""What rules look at: what happened in a project between two moments.

`Recorded` asks the database, for the rules as they stand now; `Remembered` reads the whole history once, for a replay
that asks about thousands of moments. Both answer the same questions alike; a test holds them together.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any, Protocol

from django.db.models import F, Max, QuerySet
from django.db.models.functions import Coalesce, Greatest

from heedful.acquisition.models import ASK_AGAIN
from heedful.budgets.models import LedgerEntry
from heedful.core.money import ZERO
from heedful.labeling.models import Annotation
from heedful.pool.models import Sample
from heedful.projects.models import Project, Tier
from heedful.quality.models import Label
from heedful.registry.models import ModelVersion, TrainingRun
from heedful.triggers.models import DriftMeasurement, GoldMeasurement


@dataclass(frozen=True, slots=True)
class Answered:
    """Of the last answers to what the champion had an opinion of: how many, how many of them differ from it, and how
    many it expected to, going by its own probabilities."""

    count: int
    differing: int
    expected: float


@dataclass(frozen=True, slots=True)
class Import:
    """An import that was measured: `tests` by name, each with value and p."""

    name: str
    at: datetime
    tests: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OnGold:
    """The champion's expected cost a sample on gold: when it was promoted, and measured later, with its 95% bounds."""

    promoted: float
    value: float
    low: float
    high: float
    gold_size: int


class Facts(Protocol):
    """Each of what happened after `since` and up to `until`."""

    def labels(self, since: datetime, until: datetime) -> int:
        """Labels of the pool that settled."""

    def spent(self, since: datetime, until: datetime) -> Decimal:
        """Money charged for answers."""

    def answers(self, since: datetime, until: datetime, last: int) -> Answered:
        """Experts' answers, to items about which the champion of that moment was asked."""

    def imports(self, since: datetime, until: datetime) -> Sequence[Import]:
        """Imports whose drift was measured, the oldest first."""

    def on_gold(self, since: datetime, until: datetime) -> OnGold | None:
        """The newest measurement of the champion of that moment."""

    def gains(self, since: datetime, until: datetime, last: int) -> Sequence[float]:
        """Of the last quick runs, the fall of the expected cost as a share of the champion's; 0 of one not promoted."""


def gain_of(model: ModelVersion, expected_cost: float) -> float:
    difference = (model.verdict.get("cost_difference") or {}).get("value")
    if model.state == ModelVersion.State.REJECTED or difference is None:
        return 0.0
    before = expected_cost - difference
    return float(-difference / before) if before > 0 else 0.0


def _labels(project: Project) -> QuerySet[Label]:
    return Label.objects.filter(sample__project=project, sample__role=Sample.Role.POOL)


def _answers(project: Project) -> QuerySet[Annotation]:
    """Experts' standing answers to items of which a version had an opinion; what asks again carries an old one."""
    answers = Annotation.objects.standing().filter(
        project=project,
        tier__kind=Tier.Kind.EXPERT,
        sample__role=Sample.Role.POOL,
        item__honeypot=False,
        item__probabilities__isnull=False,
        item__round__model_number__isnull=False,
    )
    return answers.exclude(item__strategy=ASK_AGAIN)


def _said_by() -> Greatest:
    """The number of the version whose opinion an answer's item carried last."""
    return Greatest("item__round__model_number", Coalesce(Max("item__round__rerankings__model_number"), 0))


def _opinion(probabilities: Any, position: int) -> tuple[bool, float]:
    """Whether an answer differs from the likeliest class, and how likely that was."""
    likeliest = max(range(len(probabilities)), key=probabilities.__getitem__)
    return likeliest != position, 1 - probabilities[likeliest]


def _promoted(project: Project) -> QuerySet[ModelVersion]:
    promoted = project.models.exclude(state=ModelVersion.State.REJECTED)
    return promoted.select_related("evaluation").order_by("number")


def _gold(project: Project) -> QuerySet[GoldMeasurement]:
    return GoldMeasurement.objects.filter(model__project=project).select_related("model__evaluation")


def _on_gold(one: GoldMeasurement) -> OnGold:
    promoted = one.model.evaluation.metrics["expected_cost"]["value"]
    return OnGold(promoted=promoted, gold_size=one.gold_size, **one.expected_cost)


def _imports(project: Project) -> QuerySet[DriftMeasurement]:
    measured = DriftMeasurement.objects.filter(source__project=project).select_related("source")
    return measured.order_by("measured_at", "pk")


def _import(one: DriftMeasurement) -> Import:
    return Import(one.source.name, one.measured_at, one.body)


def _quick(project: Project) -> QuerySet[ModelVersion]:
    quick = project.models.filter(run__kind=TrainingRun.Kind.QUICK)
    return quick.select_related("evaluation").order_by("created_at", "pk")


def _gain(model: ModelVersion) -> float:
    return gain_of(model, model.evaluation.metrics["expected_cost"]["value"])


class Recorded:
    """Asks the database; what every rule asks, once."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._counted: dict[tuple[datetime, datetime], int] = {}

    def labels(self, since: datetime, until: datetime) -> int:
        if (since, until) not in self._counted:
            settled = _labels(self.project).filter(settled_at__gt=since, settled_at__lte=until)
            self._counted[since, until] = settled.count()
        return self._counted[since, until]

    def spent(self, since: datetime, until: datetime) -> Decimal:
        return self.project.ledger.filter(at__gt=since, at__lte=until).total("spent")

    def answers(self, since: datetime, until: datetime, last: int) -> Answered:
        champion = _promoted(self.project).filter(created_at__lte=until).last()
        if champion is None:
            return Answered(0, 0, 0.0)
        answers = _answers(self.project).filter(received_at__gt=since, received_at__lte=until)
        answers = answers.annotate(said_by=_said_by()).filter(said_by=champion.number)
        rows = answers.order_by("-received_at", "-pk").values_list("item__probabilities", "label_class__position")
        opinions = [_opinion(*row) for row in rows[:last]]
        return Answered(len(opinions), sum(one for one, _ in opinions), sum(doubt for _, doubt in opinions))

    def imports(self, since: datetime, until: datetime) -> Sequence[Import]:
        return [_import(one) for one in _imports(self.project).filter(measured_at__gt=since, measured_at__lte=until)]

    def on_gold(self, since: datetime, until: datetime) -> OnGold | None:
        champion = _promoted(self.project).filter(created_at__lte=until).last()
        measured = _gold(self.project).filter(model=champion, measured_at__gt=since, measured_at__lte=until)
        newest = measured.order_by("measured_at", "pk").last()
        return _on_gold(newest) if newest else None

    def gains(self, since: datetime, until: datetime, last: int) -> Sequence[float]:
        models = _quick(self.project).filter(created_at__gt=since, created_at__lte=until).reverse()[:last]
        return [_gain(one) for one in models][::-1]


@dataclass(frozen=True, slots=True)
class _Opinions:
    """Of one version, in order of time: when each answer came, and running sums with a 0 before the first."""

    at: Sequence[datetime]
    differing: Sequence[int]
    doubt: Sequence[float]


class Remembered:
    """The whole history in memory: every question is two bisections."""

    def __init__(self, project: Project) -> None:
        self.label_times = sorted(_labels(project).values_list("settled_at", flat=True))
        charges = project.ledger.exclude(spent=0).order_by("at", "pk").values_list("at", "spent")
        self.charge_times = [at for at, _ in charges]
        self._charged = list(accumulate((amount for _, amount in charges), initial=ZERO))
        unsettling = _answers(project).exclude(sample__label__annotation_id=F("pk"))
        by_hand = project.ledger.exclude(spent=0).exclude(kind=LedgerEntry.Kind.CHARGE)
        self._beside_labels = [
            *unsettling.values_list("received_at", flat=True),
            *by_hand.values_list("at", flat=True),
        ]
        promoted = _promoted(project)
        self.model_times = [one.created_at for one in promoted]
        self._numbers = [one.number for one in promoted]
        self._opinions = _opinions(project)
        self._imports = [_import(one) for one in _imports(project)]
        self._gold = [
            (one.measured_at, one.model.number, _on_gold(one)) for one in _gold(project).order_by("measured_at", "pk")
        ]
        quick = list(_quick(project))
        self.quick_times = [one.created_at for one in quick]
        self._gains = [_gain(one) for one in quick]

    def moments(self) -> list[datetime]:
        """When anything happened that a rule looks at. What came with a label (its answer, its price) counts from when
        the label settled: all of it was there when the rules were asked."""
        imports = [one.at for one in self._imports]
        gold = [at for at, _, _ in self._gold]
        others = (self._beside_labels, self.model_times, self.quick_times, imports, gold)
        return sorted({*self.label_times, *(at for times in others for at in times)})

    def labels(self, since: datetime, until: datetime) -> int:
        return bisect_right(self.label_times, until) - bisect_right(self.label_times, since)

    def spent(self, since: datetime, until: datetime) -> Decimal:
        first, last = bisect_right(self.charge_times, since), bisect_right(self.charge_times, until)
        return self._charged[last] - self._charged[first]

    def answers(self, since: datetime, until: datetime, last: int) -> Answered:
        said = self._opinions.get(self._champion(until))
        if said is None:
            return Answered(0, 0, 0.0)
        end = bisect_right(said.at, until)
        start = max(bisect_right(said.at, since), end - last)
        return Answered(end - start, said.differing[end] - said.differing[start], said.doubt[end] - said.doubt[start])

    def imports(self, since: datetime, until: datetime) -> Sequence[Import]:
        return [one for one in self._imports if since < one.at <= until]

    def on_gold(self, since: datetime, until: datetime) -> OnGold | None:
        champion = self._champion(until)
        found = [one for at, number, one in self._gold if since < at <= until and number == champion]
        return found[-1] if found else None

    def gains(self, since: datetime, until: datetime, last: int) -> Sequence[float]:
        end = bisect_right(self.quick_times, until)
        return self._gains[max(bisect_right(self.quick_times, since), end - last) : end]

    def _champion(self, at: datetime) -> int:
        """The number of the version that served then; 0 before the first."""
        place = bisect_right(self.model_times, at)
        return self._numbers[place - 1] if place else 0


def _opinions(project: Project) -> dict[int, _Opinions]:
    rows = _answers(project).annotate(said_by=_said_by()).order_by("received_at", "pk")
    by_version: dict[int, list[tuple[datetime, bool, float]]] = {}
    for number, at, probabilities, position in rows.values_list(
        "said_by", "received_at", "item__probabilities", "label_class__position"
    ):
        by_version.setdefault(number, []).append((at, *_opinion(probabilities, position)))
    return {
        number: _Opinions(
            at=[at for at, _, _ in said],
            differing=list(accumulate((int(differs) for _, differs, _ in said), initial=0)),
            doubt=list(accumulate((doubt for _, _, doubt in said), initial=0.0)),
        )
        for number, said in by_version.items()
    }
