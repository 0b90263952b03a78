"""Everything that can happen to a project's money, each through the service that production calls.

Whoever drives this chooses by plain numbers; what is refused, is refused: the books must agree all the same.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.db.models import QuerySet, Sum
from django.utils import timezone

from heedful.acquisition.models import QueryRound, QueueItem
from heedful.acquisition.plans import approve_plan
from heedful.acquisition.services import expire_items, fill_round, mark_sent, open_round, outbid, round_sent, withdraw
from heedful.budgets import limits
from heedful.budgets.charges import approve
from heedful.budgets.models import Allowance
from heedful.budgets.rates import NewRate
from heedful.budgets.services import lower, top_up
from heedful.core.errors import HeedfulError
from heedful.labeling.inbox import delete_answers
from heedful.labeling.models import Annotation, Annotator
from heedful.labeling.pricing import add_rate, assign, waive
from heedful.projects.models import Project
from heedful.quality.services import settle_labels
from tests.factories import chosen, hear, know, tier_of

TIERS = ("expert", "weak")
KNOWN = {1: "expert", 2: "expert", 3: "weak"}
STRANGERS = (4, 5)
PERIODS = tuple(Allowance.Period)
Given = ParamSpec("Given")


def prepare(project: Project) -> None:
    """Two tiers, three people in them, and two whom nobody knows yet."""
    tier_of(project, "weak")
    for person, tier in KNOWN.items():
        know(project, person, tier)
    for person in STRANGERS:
        Annotator.objects.get_or_create(project=project, external_id=person)


def counted(action: Callable[Concatenate["Actions", Given], bool]) -> Callable[Concatenate["Actions", Given], bool]:
    """Notes in `done` how often an action was more than a refusal."""

    @wraps(action)
    def counting(actions: "Actions", /, *given: Given.args, **named: Given.kwargs) -> bool:
        done = action(actions, *given, **named)
        actions.done[action.__name__] += done
        return done

    return counting


class Actions:
    """Each method is one thing that somebody does, and returns whether it was done."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.done: Counter[str] = Counter()

    @counted
    def fill_a_round(self, size: int, tier: int, answers: int, days: int) -> bool:
        """For a tier and the next in turn; the first asks for so many answers, the next for one more, up to three."""
        Project.objects.filter(pk=self.project.pk).update(item_days=days)
        samples = list(self.project.samples.candidates().order_by("pk")[:size])

        def fill() -> None:
            query_round = open_round(
                project_id=self.project.pk, kind=QueryRound.Kind.QUERY, size=size, model_number=None
            )
            choices = [
                chosen(sample, tier_id=self._tier(tier + place), answers=(answers + place) % 3 + 1)
                for place, sample in enumerate(samples)
            ]
            fill_round(round_id=query_round.pk, strategy="by hand", choices=choices)

        return _done(fill)

    @counted
    def ask_before_reserving(self, asks: bool) -> bool:
        return bool(Project.objects.filter(pk=self.project.pk).update(plan_approval=asks))

    @counted
    def approve_plan(self) -> bool:
        return _done(approve_plan, project_id=self.project.pk, by=self.project.memberships.get().user)

    @counted
    def send(self) -> bool:
        query_round = self.project.rounds.exclude(state=QueryRound.State.CLOSED).first()
        if query_round is None:
            return False
        mark_sent(item_ids=list(query_round.items.values_list("pk", flat=True)))
        round_sent(round_id=query_round.pk)
        return True

    @counted
    def answer(self, item: int, choice: str | None, lead_time: float | None, person: int, minutes: float) -> bool:
        """Also a skip, old news, and answering anew what was answered, by what is told and when."""
        asked = _pick(self._items(), item)
        if asked is None:
            return False
        hear(
            asked,
            choice,
            tier=None,
            external_id=asked.pk * 10 + person,
            lead_time=lead_time,
            person=person,
            minutes=minutes,
        )
        return True

    @counted
    def edit(self, answer: int, choice: str | None, lead_time: float | None, minutes: float) -> bool:
        known = _pick(self._answers(), answer)
        if known is None:
            return False
        hear(
            known.item,
            choice,
            tier=None,
            external_id=known.external_id,
            lead_time=lead_time,
            person=known.annotator.external_id,
            minutes=minutes,
        )
        return True

    @counted
    def delete(self, answer: int) -> bool:
        chosen_one = _pick(self._answers(), answer)
        if chosen_one is None:
            return False
        delete_answers(project_id=self.project.pk, external_ids=[chosen_one.external_id], settle=settle_labels)
        return True

    @counted
    def withdraw(self, item: int) -> bool:
        chosen_one = _pick(self._items(), item)
        return chosen_one is not None and _done(withdraw, project_id=self.project.pk, item_id=chosen_one.pk)

    @counted
    def outbid(self, keep: int) -> bool:
        """After ranking again, the first `keep` items of the newest round stay."""
        newest = self.project.rounds.order_by("number").last()
        if newest is None:
            return False
        kept = newest.items.order_by("rank").values_list("pk", flat=True)[:keep]
        return bool(outbid(round_id=newest.pk, keep=list(kept)))

    @counted
    def expire(self, days: int) -> bool:
        return bool(expire_items(now=timezone.now() + timedelta(days=days)))

    @counted
    def change_rate(self, owner: int, kind: str, amount: Decimal, days_ago: int) -> bool:
        new = NewRate(
            kind=kind,
            amount=amount if kind == "per_label" else amount * 50,
            effective_from=timezone.now() - timedelta(days=days_ago),
        )
        return _done(add_rate, project_id=self.project.pk, new=new, **self._owner(1 + owner))

    @counted
    def top_up(self, amount: Decimal) -> bool:
        return _done(top_up, project_id=self.project.pk, amount=amount)

    @counted
    def lower(self, amount: Decimal) -> bool:
        return _done(lower, project_id=self.project.pk, amount=amount)

    @counted
    def freeze(self, frozen: bool) -> bool:
        return _done(limits.freeze if frozen else limits.unfreeze, project_id=self.project.pk)

    @counted
    def change_rules(self, overrun_share: float, median_factor: float) -> bool:
        return _done(
            limits.change_rules,
            project_id=self.project.pk,
            overrun_share=overrun_share,
            median_factor=median_factor,
        )

    @counted
    def allow(self, owner: int, period: int, limit: Decimal) -> bool:
        return _done(
            limits.set_allowance,
            project_id=self.project.pk,
            period=PERIODS[period % len(PERIODS)],
            limit=limit,
            **self._owner(owner),
        )

    @counted
    def disallow(self, allowance: int) -> bool:
        chosen_one = _pick(self.project.allowances.all(), allowance)
        return chosen_one is not None and _done(
            limits.remove_allowance, project_id=self.project.pk, allowance_id=chosen_one.pk
        )

    @counted
    def assign(self, person: int, tier: int) -> bool:
        annotator = Annotator.objects.get(project=self.project, external_id=person)
        return _done(assign, annotator=annotator, tier=tier_of(self.project, TIERS[tier % len(TIERS)]))

    @counted
    def approve(self, answer: int) -> bool:
        return self._decide(approve, answer)

    @counted
    def waive(self, answer: int) -> bool:
        return self._decide(waive, answer)

    def _decide(self, decision: Callable[..., object], answer: int) -> bool:
        owed = self._answers().alias(owed=Sum("ledger__owed")).filter(owed__gt=0)
        chosen_one = _pick(owed, answer)
        return chosen_one is not None and _done(
            decision, project_id=self.project.pk, annotation_id=chosen_one.pk, by=None
        )

    def _items(self) -> QuerySet[QueueItem]:
        return QueueItem.objects.filter(round__project=self.project)

    def _answers(self) -> QuerySet[Annotation]:
        return Annotation.objects.filter(project=self.project)

    def _tier(self, number: int) -> int:
        return tier_of(self.project, TIERS[number % len(TIERS)]).pk

    def _owner(self, number: int) -> dict[str, int]:
        """The project itself, one of the tiers, or one of the people."""
        number %= 1 + len(TIERS) + len(KNOWN)
        if number == 0:
            return {}
        if number <= len(TIERS):
            return {"tier_id": self._tier(number)}
        return {"annotator_id": Annotator.objects.get(project=self.project, external_id=number - len(TIERS)).pk}


def _pick(rows: QuerySet[Any], number: int) -> Any:
    """One of the rows, the newest for 0; None without any."""
    place = number % (rows.count() or 1)
    return rows.order_by("-pk")[place : place + 1].first()


def _done(action: Callable[..., object], **arguments: object) -> bool:
    try:
        action(**arguments)
    except HeedfulError:
        return False
    return True
