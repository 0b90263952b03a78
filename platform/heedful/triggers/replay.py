"""The dry run: when a set of rules would have fired, had it stood from the project's first day on. Changes nothing.

What people did stays as it was: their labels, what these cost, and the runs they started by hand. So do the models,
and what was measured of them. Only the runs that rules started are replaced by those that these rules would have
started; each lasts as long as such runs take, and meanwhile no rule fires.
"""

import heapq
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Min
from django.utils import timezone

from heedful.pool.models import Sample
from heedful.projects.models import Project
from heedful.quality.models import Label
from heedful.registry.models import TrainingRun
from heedful.triggers.costs import ExpectedCost, expected_cost
from heedful.triggers.facts import Remembered
from heedful.triggers.kinds import Kind, NewRule
from heedful.triggers.rules import DAY, DEEP, Look, Since, Standing, first_due, last_slot, standing

MOST_FIRINGS = 1000


@dataclass(frozen=True, slots=True)
class WouldFire:
    """`rule` is the place of the rule in the set."""

    at: datetime
    rule: int
    run_kind: str
    labels: int
    sentence: str
    expected: ExpectedCost


@dataclass(frozen=True, slots=True)
class Replayed:
    """`rules_fired`: how often rules really did, for comparison. `cut`: there would have been more firings."""

    firings: Sequence[WouldFire]
    since: datetime
    rules_fired: int
    by_hand: int
    expected_seconds: float
    expected_price: Decimal | None
    cut: bool


@dataclass(frozen=True, slots=True)
class _Run:
    at: datetime
    ends: datetime
    kind: str
    labels: int


def replay(project: Project, rules: Sequence[NewRule]) -> Replayed:
    """The rules are taken as `kinds.checked` has left them; those that are not enabled never fire."""
    walk = _Walk(project, rules)
    firings = list(walk.firings())
    prices = [one.expected.price for one in firings if one.expected.price is not None]
    by_rules = project.runs.filter(firing__isnull=False).exclude(firing__kind="")
    return Replayed(
        firings=firings[:MOST_FIRINGS],
        since=project.created_at,
        rules_fired=by_rules.count(),
        by_hand=len(walk.by_hand),
        expected_seconds=round(sum(one.expected.seconds or 0.0 for one in firings), 1),
        expected_price=sum(prices, Decimal(0)) if prices else None,
        cut=len(firings) > MOST_FIRINGS,
    )


class _Walk:
    """Through the moments at which a rule may become due, in order of time."""

    def __init__(self, project: Project, rules: Sequence[NewRule]) -> None:
        self.project, self.rules = project, rules
        self.facts = Remembered(project)
        self.now = timezone.now()
        self.expected = {kind: expected_cost(project, kind) for kind in TrainingRun.Kind.values}
        self.by_hand = _runs_by_hand(project)
        self.trainable_from = _trainable_from(project)
        self.currency = project.budget.currency
        self.since = dict.fromkeys(TrainingRun.Kind.values, Since(project.created_at, 0, run=False))
        self.busy_until = project.created_at
        self._moments = [*self.facts.moments(), *(one.at for one in self.by_hand), self.now]
        if self.trainable_from:
            self._moments.append(self.trainable_from)
        self._moments += self._slots()
        self._await_time(project.created_at)
        heapq.heapify(self._moments)

    def firings(self) -> Iterator[WouldFire]:
        waiting, found = list(self.by_hand), 0
        for at in self._in_order():
            while waiting and waiting[0].at <= at:
                self._start(waiting.pop(0))
            if self.trainable_from is None or at < self.trainable_from or at < self.busy_until:
                continue
            if (due := self._due(at)) is not None:
                fired = self._fire(at, *due)
                yield fired
                found += 1
                if found > MOST_FIRINGS:
                    return

    def _in_order(self) -> Iterator[datetime]:
        last = None
        while self._moments:
            at = heapq.heappop(self._moments)
            if at != last and at <= self.now:
                yield at
            last = at

    def _due(self, at: datetime) -> tuple[int, Standing] | None:
        found = [standing(self._look(rule, at)) for rule in self.rules]
        due = first_due(found)
        return None if due is None else next((place, one) for place, one in enumerate(found) if one is due)

    def _look(self, rule: NewRule, at: datetime) -> Look:
        began = self.project.created_at
        return Look(
            rule=rule,
            facts=self.facts,
            since=self.since[rule.run_kind],
            now=at,
            began=began,
            stands_since=began,
            currency=self.currency,
        )

    def _fire(self, at: datetime, place: int, found: Standing) -> WouldFire:
        kind = found.rule.run_kind
        labels = bisect_right(self.facts.label_times, at)
        expected = self.expected[kind]
        self._start(_Run(at, at + timedelta(seconds=expected.seconds or 0.0), kind, labels))
        return WouldFire(at, place, kind, labels, found.sentence, expected)

    def _start(self, run: _Run) -> None:
        # A deep run has used what a quick one would have, too.
        for kind in TrainingRun.Kind.values if run.kind == DEEP else [TrainingRun.Kind.QUICK]:
            self.since[kind] = Since(run.at, run.labels, run=True)
        self.busy_until = max(self.busy_until, run.ends)
        heapq.heappush(self._moments, run.ends)
        self._await_time(run.at)

    def _await_time(self, since: datetime) -> None:
        """A rule of time may become due when nothing else happens."""
        for rule in self.rules:
            if rule.kind == Kind.TIME:
                heapq.heappush(self._moments, since + float(rule.parameters["days"]) * DAY)

    def _slots(self) -> Iterator[datetime]:
        for rule in self.rules:
            if rule.kind == Kind.SCHEDULE:
                slot = last_slot(self._look(rule, self.now))
                while slot > self.project.created_at:
                    yield slot
                    slot -= float(rule.parameters["days"]) * DAY


def _runs_by_hand(project: Project) -> list[_Run]:
    """Those that no rule started."""
    runs = project.runs.filter(firing__kind="") | project.runs.filter(firing=None)
    return [
        _Run(run.created_at, run.finished_at or run.created_at, run.kind, run.snapshot.count)
        for run in runs.select_related("snapshot").order_by("created_at", "pk")
    ]


def _trainable_from(project: Project) -> datetime | None:
    """When each class had a label and gold had one; None if that is still to come."""
    labels = Label.objects.filter(sample__project=project)
    gold = labels.filter(sample__role=Sample.Role.GOLD).aggregate(first=Min("settled_at"))["first"]
    of_pool = labels.filter(sample__role=Sample.Role.POOL).values_list("label_class").annotate(first=Min("settled_at"))
    first = dict(of_pool)
    if gold is None or project.label_classes.exclude(pk__in=first).exists():
        return None
    latest: datetime = max([gold, *first.values()])
    return latest
