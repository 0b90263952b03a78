"""Whatever happens, in whatever order: the ledger adds up, nothing is charged twice, and the limit holds."""

from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from heedful.accounts.models import User
from heedful.acquisition.models import QueueItem
from heedful.acquisition.services import withdraw
from heedful.core.errors import BudgetExhausted, Conflict
from heedful.core.money import ZERO
from heedful.labeling.inbox import delete_answers
from heedful.labeling.models import Annotation
from heedful.quality.models import Label
from heedful.quality.services import settle_labels
from tests.factories import hear, make_pool, make_project, queue

LIMIT = Decimal(12)
OWNER = "owner@example.com"


class Ledger(RuleBasedStateMachine):
    """A project with money for a dozen labels, and everything that can happen to it."""

    def __init__(self) -> None:
        super().__init__()
        owner = User.objects.filter(email=OWNER).first() or User.objects.create_user(OWNER, "correct horse")
        self.project = make_project(owner=owner, limit=LIMIT, rate="hourly")
        make_pool(self.project, size=40)
        self.clock = 0

    def items(self):
        return QueueItem.objects.filter(round__project=self.project)

    @rule(size=st.integers(1, 6))
    def fill_a_round(self, size):
        samples = list(self.project.samples.candidates()[:size])
        try:
            queue(self.project, samples)
        except (Conflict, BudgetExhausted):
            return

    @precondition(lambda self: self.items().exists())
    @rule(
        data=st.data(),
        choice=st.sampled_from(["good", "defective", None]),
        lead_time=st.floats(0, 1000),
        person=st.integers(1, 2),
        late=st.booleans(),
    )
    def tell_of_an_answer(self, data, choice, lead_time, person, late):
        item = data.draw(st.sampled_from(list(self.items().order_by("pk"))))
        self.clock += 1
        minutes = self.clock - 5 if late else self.clock
        hear(item, choice, external_id=item.pk * 10 + person, lead_time=lead_time, person=person, minutes=minutes)

    @precondition(lambda self: Annotation.objects.filter(project=self.project).exists())
    @rule(data=st.data())
    def delete_an_answer(self, data):
        ids = list(Annotation.objects.filter(project=self.project).order_by("pk").values_list("external_id", flat=True))
        chosen = data.draw(st.sampled_from(ids))
        delete_answers(project_id=self.project.pk, external_ids=[chosen], settle=settle_labels)

    @precondition(lambda self: self.items().exists())
    @rule(data=st.data())
    def withdraw_an_item(self, data):
        item = data.draw(st.sampled_from(list(self.items().order_by("pk"))))
        try:
            withdraw(project_id=self.project.pk, item_id=item.pk)
        except Conflict:
            return

    @invariant()
    def the_books_agree(self):
        self.project.budget.refresh_from_db()
        budget = self.project.budget
        sums = self.project.ledger.aggregate(
            held=Sum("held", default=ZERO), spent=Sum("spent", default=ZERO), owed=Sum("owed", default=ZERO)
        )
        prices = Annotation.objects.filter(project=self.project, deleted_at=None).aggregate(
            s=Sum("price", default=ZERO)
        )
        waiting = self.items().filter(state__in=QueueItem.WAITING).aggregate(s=Sum("price", default=ZERO))
        assert sums["held"] == budget.reserved == waiting["s"]
        assert sums["spent"] == budget.spent
        assert sums["spent"] + sums["owed"] == prices["s"]
        assert budget.spent + budget.reserved <= LIMIT

    @invariant()
    def each_annotation_is_charged_once(self):
        for annotation in Annotation.objects.filter(project=self.project):
            assert annotation.ledger.filter(kind="charge").count() <= 1
            sums = annotation.ledger.aggregate(spent=Sum("spent", default=ZERO), owed=Sum("owed", default=ZERO))
            assert sums["spent"] + sums["owed"] == annotation.price

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
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
