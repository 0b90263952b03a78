"""Whatever happens, in whatever order: the ledger adds up, nothing is charged twice, and the limits hold."""

from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from heedful.accounts.models import User
from heedful.acquisition.models import QueueItem
from heedful.core.money import ZERO
from heedful.labeling.audit import audit
from heedful.labeling.models import Annotation
from heedful.quality.models import Label
from tests.budgets.actions import KNOWN, STRANGERS, Actions, prepare
from tests.factories import make_pool, make_project

OWNER = "owner@example.com"
PICK, OWNERS = st.integers(0, 8), st.integers(0, 5)
PEOPLE = st.sampled_from([*KNOWN, *STRANGERS])
MONEY = st.decimals(Decimal("0.05"), Decimal(3), places=2)


class Ledger(RuleBasedStateMachine):
    """A project with money for a dozen labels, and everything that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        owner = User.objects.filter(email=OWNER).first() or User.objects.create_user(OWNER, "correct horse")
        self.project = make_project(owner=owner, limit=Decimal(12), rate="hourly")
        make_pool(self.project, size=40)
        prepare(self.project)
        self.actions = Actions(self.project)
        self.clock = 0

    @rule(size=st.integers(1, 6), tier=st.integers(0, 1), days=st.integers(1, 14))
    def fill_a_round(self, size, tier, days):
        self.actions.fill_a_round(size, tier, days)

    @rule()
    def send(self):
        self.actions.send()

    @rule(
        item=PICK,
        choice=st.sampled_from(["good", "defective", None]),
        lead_time=st.one_of(st.none(), st.floats(0, 300)),
        person=PEOPLE,
        late=st.booleans(),
    )
    def tell_of_an_answer(self, item, choice, lead_time, person, late):
        self.clock += 1
        self.actions.answer(item, choice, lead_time, person, minutes=self.clock - 5 * late)

    @rule(answer=PICK)
    def delete_an_answer(self, answer):
        self.actions.delete(answer)

    @rule(item=PICK)
    def withdraw_an_item(self, item):
        self.actions.withdraw(item)

    @rule(keep=st.integers(0, 3))
    def rank_again(self, keep):
        self.actions.outbid(keep)

    @rule(days=st.integers(0, 15))
    def let_items_expire(self, days):
        self.actions.expire(days)

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

    @rule(answer=PICK)
    def approve(self, answer):
        self.actions.approve(answer)

    @rule(answer=PICK)
    def waive(self, answer):
        self.actions.waive(answer)

    @invariant()
    def the_books_agree(self):
        self.project.budget.refresh_from_db()
        budget, ledger = self.project.budget, self.project.ledger
        waiting = QueueItem.objects.filter(round__project=self.project, state__in=QueueItem.WAITING)
        due = Annotation.objects.filter(project=self.project).aggregate(
            price=Sum("price", default=ZERO), waived=Sum("waived", default=ZERO)
        )
        assert ledger.total("granted") == budget.limit
        assert ledger.total("held") == budget.reserved == waiting.aggregate(s=Sum("price", default=ZERO))["s"]
        assert ledger.total("spent") == budget.spent
        assert ledger.total("spent") + ledger.total("owed") == due["price"] - due["waived"]
        assert budget.spent + budget.reserved <= budget.limit

    @invariant()
    def each_annotation_is_charged_once(self):
        for annotation in Annotation.objects.filter(project=self.project).select_related("rate"):
            entries = annotation.ledger
            assert entries.filter(kind="charge").count() <= 1
            assert entries.total("spent") + entries.total("owed") == annotation.due
            if annotation.rate is None or not annotation.standing:
                assert annotation.due == 0

    @invariant()
    def the_audit_finds_nothing(self):
        assert audit(self.project.pk).differences == []

    @invariant()
    def labels_are_those_of_the_latest_standing_answers(self):
        standing = Annotation.objects.standing().filter(project=self.project)
        labels = Label.objects.filter(sample__project=self.project)
        assert set(labels.values_list("sample_id", flat=True)) == set(standing.values_list("sample_id", flat=True))


@pytest.mark.django_db
def test_no_interleaving_breaks_the_books():
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=50,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
