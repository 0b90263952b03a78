"""Whatever happens, in whatever order: the ledger adds up, nothing is charged twice, and the limits hold."""

from collections import Counter, defaultdict
from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from heedful.accounts.models import User
from heedful.acquisition.models import QueueItem
from heedful.core.money import ZERO
from heedful.labeling.audit import audit
from heedful.labeling.models import Annotation
from heedful.quality.models import Label
from tests.budgets.actions import KNOWN, STRANGERS, Actions, prepare
from tests.factories import make_pool, make_project

EXAMPLES, STEPS = 50, 60
OWNER = "owner@example.com"
NEWEST, PICK, OWNERS = st.integers(0, 3), st.integers(0, 12), st.integers(0, 5)
PEOPLE = st.sampled_from([*KNOWN, *STRANGERS])
CHOICES = st.sampled_from(["good", "defective"])
LEAD_TIMES = st.one_of(st.none(), st.floats(0, 300))
MONEY = st.decimals(Decimal("0.05"), Decimal(3), places=2)
# What each action comes to over the whole test: an action that never gets anywhere proves nothing.
DONE: Counter[str] = Counter()


class Ledger(RuleBasedStateMachine):
    """A project with money for two dozen answers, and everything that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = ExitStack()
        self.undone.enter_context(transaction.atomic())
        owner = User.objects.create_user(OWNER, "correct horse")
        self.project = make_project(owner=owner, limit=Decimal(24), rate="hourly")
        make_pool(self.project, size=40)
        prepare(self.project)
        self.actions = Actions(self.project)
        self.now = timezone.now

    def teardown(self) -> None:
        timezone.now = self.now
        DONE.update(self.actions.done)
        transaction.set_rollback(True)
        self.undone.close()

    @initialize(size=st.integers(2, 6), tier=st.integers(0, 1), answers=st.integers(0, 2), plan=st.booleans())
    def ask(self, size, tier, answers, plan):
        self.fill_a_round(size, tier, answers, days=7, plan=plan)
        self.actions.approve_plan()
        self.actions.send()

    @rule(
        size=st.integers(1, 6),
        tier=st.integers(0, 1),
        answers=st.integers(0, 2),
        days=st.integers(1, 14),
        plan=st.booleans(),
    )
    def fill_a_round(self, size, tier, answers, days, plan):
        self.actions.ask_before_reserving(plan)
        self.actions.fill_a_round(size, tier, answers, days)

    @rule()
    def approve_the_plan(self):
        self.actions.approve_plan()

    @rule()
    def send(self):
        self.actions.send()

    @rule(item=NEWEST, choice=CHOICES, lead_time=LEAD_TIMES, person=st.sampled_from(list(KNOWN)))
    def answer(self, item, choice, lead_time, person):
        self.actions.answer(item, choice, lead_time, person, minutes=0)

    @rule(item=PICK, choice=CHOICES, lead_time=LEAD_TIMES, person=PEOPLE)
    def answer_late(self, item, choice, lead_time, person):
        self.actions.answer(item, choice, lead_time, person, minutes=0)

    @rule(item=NEWEST, person=PEOPLE)
    def skip(self, item, person):
        self.actions.answer(item, None, 3.0, person, minutes=0)

    @rule(answer=PICK, choice=st.one_of(st.none(), CHOICES), lead_time=LEAD_TIMES, old_news=st.booleans())
    def edit(self, answer, choice, lead_time, old_news):
        self.actions.edit(answer, choice, lead_time, minutes=-60 * old_news)

    @rule(answer=PICK)
    def delete(self, answer):
        self.actions.delete(answer)

    @rule(item=PICK)
    def withdraw(self, item):
        self.actions.withdraw(item)

    @rule(keep=st.integers(0, 3))
    def rank_again(self, keep):
        self.actions.outbid(keep)

    @rule(days=st.integers(0, 15))
    def let_items_expire(self, days):
        self.actions.expire(days)

    @rule(hours=st.integers(1, 300))
    def let_time_pass(self, hours):
        now, later = timezone.now, timedelta(hours=hours)
        timezone.now = lambda: now() + later

    @rule(owner=OWNERS, kind=st.sampled_from(["per_label", "hourly"]), amount=MONEY, days_ago=st.integers(-2, 2))
    def change_a_rate(self, owner, kind, amount, days_ago):
        self.actions.change_rate(owner, kind, amount, days_ago)

    @rule(amount=MONEY)
    def top_up(self, amount):
        self.actions.top_up(amount)

    @rule(amount=MONEY)
    def lower(self, amount):
        self.actions.lower(amount)

    @rule(frozen=st.booleans())
    def freeze_or_not(self, frozen):
        self.actions.freeze(frozen)

    @rule(overrun_share=st.floats(0, 2), median_factor=st.floats(1, 5))
    def change_the_rules(self, overrun_share, median_factor):
        self.actions.change_rules(overrun_share, median_factor)

    @rule(owner=OWNERS, period=st.integers(0, 3), limit=MONEY)
    def set_an_allowance(self, owner, period, limit):
        self.actions.allow(owner, period, limit)

    @rule(allowance=PICK)
    def remove_an_allowance(self, allowance):
        self.actions.disallow(allowance)

    @rule(person=PEOPLE, tier=st.integers(0, 1))
    def assign(self, person, tier):
        self.actions.assign(person, tier)

    @rule(answer=PICK, pay=st.booleans())
    def decide_what_is_owed(self, answer, pay):
        (self.actions.approve if pay else self.actions.waive)(answer)

    @rule(item=NEWEST, person=st.sampled_from(list(KNOWN)), pay=st.booleans())
    def decide_on_a_very_slow_answer(self, item, person, pay):
        self.actions.answer(item, "good", 300.0, person, minutes=0)
        self.decide_what_is_owed(0, pay)

    @invariant()
    def the_books_agree(self):
        """Added up by hand, row by row: what the audit says is not taken for granted either."""
        budget = type(self.project.budget).objects.get(project=self.project)
        entries = list(self.project.ledger.values("kind", "granted", "held", "spent", "owed", "item", "annotation"))
        annotations = list(Annotation.objects.filter(project=self.project))
        sums = {name: sum((entry[name] for entry in entries), ZERO) for name in ("granted", "held", "spent")}
        assert sums == {"granted": budget.limit, "held": budget.reserved, "spent": budget.spent}
        assert budget.spent + budget.reserved <= budget.limit

        held, costs, charges = defaultdict(Decimal), defaultdict(Decimal), Counter()
        for entry in entries:
            held[entry["item"]] += entry["held"]
            costs[entry["annotation"]] += entry["spent"] + entry["owed"]
            charges[entry["annotation"]] += entry["kind"] == "charge"
        for annotation in annotations:
            worth = annotation.due if annotation.rate_id and annotation.standing else 0
            assert (costs[annotation.pk], annotation.due) == (worth, worth)
            assert charges[annotation.pk] <= 1
        for item in QueueItem.objects.filter(round__project=self.project):
            people = {one.annotator_id for one in annotations if one.item_id == item.pk}
            awaited = max(item.answers_wanted - len(people), 0) if item.state in QueueItem.WAITING else 0
            assert held[item.pk] == item.price * awaited

    @invariant()
    def the_audit_finds_nothing(self):
        assert audit(self.project.pk).differences == []

    @invariant()
    def labels_are_those_of_standing_answers(self):
        standing = Annotation.objects.standing().filter(project=self.project)
        labels = Label.objects.filter(sample__project=self.project)
        assert set(labels.values_list("sample_id", flat=True)) == set(standing.values_list("sample_id", flat=True))


@pytest.mark.timeout(900)
@pytest.mark.django_db
def test_no_interleaving_breaks_the_books():
    DONE.clear()
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    actions = {name for name, method in vars(Actions).items() if hasattr(method, "__wrapped__")}
    assert {name for name in actions if DONE[name] < 3} == set()
