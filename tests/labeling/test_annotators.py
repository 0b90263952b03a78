"""Who answers: told apart by e-mail, united when they turn out to be one, assigned, paused."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from heedful.accounts.models import AuditEntry, User
from heedful.accounts.permissions import Role
from heedful.budgets.models import Allowance, RateCard
from heedful.budgets.rates import NewRate
from heedful.core.errors import Conflict, InvalidInput, NotFound
from heedful.jobs.models import Job
from heedful.labeling.annotators import (
    accept_invitation,
    add_annotator,
    assign_tier,
    change_annotator,
    invite_person,
    name_annotators,
    price_of_assigning,
    remove_person,
)
from heedful.labeling.audit import audit
from heedful.labeling.links import sign_up_url
from heedful.labeling.models import Annotation, Annotator
from heedful.labeling.pricing import add_rate
from heedful.notifications.models import Notification
from tests.accounts.people import member
from tests.factories import hear, make_pool, make_project, queue, tier_of

ADA, PERSON = "ada@example.com", 7


@pytest.fixture
def experts(project):
    return tier_of(project, "expert")


@pytest.fixture
def item(project, pool):
    return queue(project, pool[:1])[0]


def spent(project) -> Decimal:
    project.budget.refresh_from_db()
    return project.budget.spent


def tell(project, emails=None) -> None:
    """Label Studio is asked for its users."""
    name_annotators(project_id=project.pk, emails=emails or {PERSON: ADA})


def test_an_unknown_persons_answer_is_charged_to_nobody_and_told_of(project, item):
    hear(item, "good", tier=None, person=PERSON)
    tell(project)
    tell(project)
    assert (Annotator.objects.get().email, spent(project)) == (ADA, 0)
    assert Notification.objects.get(kind="unknown_annotator").kind == Notification.Kind.UNKNOWN_ANNOTATOR


def test_label_studio_is_asked_who_it_was_at_the_first_answer(project, item):
    hear(item, "good", tier=None, person=PERSON)
    assert Job.objects.get(kind=Job.Kind.RECONCILE).state == Job.State.QUEUED


def test_who_was_invited_is_known_at_their_first_answer(project, owner, experts, item):
    add_annotator(project_id=project.pk, email=ADA, tier_id=experts.pk, by=owner)
    tell(project, {PERSON: "Ada@Example.com", 8: "somebody@example.com"})
    hear(item, "good", tier=None, person=PERSON)
    assert Annotator.objects.get().external_id == PERSON
    assert spent(project) == 1
    assert not Notification.objects.filter(kind="unknown_annotator").exists()


def test_who_was_invited_and_answered_before_we_knew_is_one_person_and_is_paid(project, owner, experts, item):
    invited = add_annotator(project_id=project.pk, email=ADA, tier_id=experts.pk, by=owner)
    hear(item, "good", tier=None, person=PERSON)
    for _ in range(2):
        tell(project, {PERSON: "ADA@example.com"})
    annotator = Annotator.objects.get()
    assert (annotator.pk, annotator.external_id, annotator.email) == (invited.pk, PERSON, ADA)
    assert (Annotation.objects.get().annotator, spent(project)) == (annotator, 1)
    assert audit(project.pk).differences == []


def test_uniting_keeps_rates_limits_and_a_pause(project, owner, experts, item):
    invited = add_annotator(project_id=project.pk, email=ADA, tier_id=experts.pk, by=owner)
    hear(item, "good", tier=None, person=PERSON)
    stranger = Annotator.objects.get(external_id=PERSON)
    # A manager was quick to assign the stranger, so that the ledger speaks of them.
    assign_tier(project_id=project.pk, annotator_id=stranger.pk, tier_id=experts.pk, by=owner)
    change_annotator(
        project_id=project.pk, annotator_id=invited.pk, tier_id=None, state=Annotator.State.PAUSED, by=owner
    )
    add_rate(project_id=project.pk, annotator_id=invited.pk, new=NewRate(kind="per_label", amount=Decimal(2)))
    Allowance.objects.create(project=project, annotator=invited, period="day", limit=Decimal(5))
    tell(project)
    annotator = Annotator.objects.get()
    assert (annotator.pk, annotator.email, annotator.state) == (stranger.pk, ADA, Annotator.State.PAUSED)
    assert RateCard.objects.filter(annotator=annotator).count() == Allowance.objects.count() == 1
    assert spent(project) == 1
    assert audit(project.pk).differences == []


def test_a_new_account_in_label_studio_is_the_same_person(project, owner, experts, pool):
    first, second = queue(project, pool[:2])
    add_annotator(project_id=project.pk, email=ADA, tier_id=experts.pk, by=owner)
    tell(project)
    hear(first, "good", tier=None, person=PERSON)
    hear(second, "good", tier=None, person=70)
    tell(project, {70: ADA})
    assert Annotator.objects.get().external_id == 70
    assert spent(project) == 2


def test_two_who_were_both_paid_stay_two(project, owner, pool):
    first, second = queue(project, pool[:2])
    hear(first, "good", person=PERSON)
    tell(project)
    hear(second, "good", person=70)
    tell(project, {70: ADA})
    assert sorted(Annotator.objects.values_list("external_id", "email")) == [(PERSON, ADA), (70, "")]
    assert audit(project.pk).differences == []


def test_what_assigning_would_charge_is_what_it_charges(project, owner, experts, pool):
    for item in queue(project, pool[:3]):
        hear(item, "good", tier=None, person=PERSON)
    stranger = Annotator.objects.get()
    preview = price_of_assigning(project_id=project.pk, annotator_id=stranger.pk, tier_id=experts.pk)
    assert (preview, spent(project)) == ((3, Decimal(3)), 0)
    assign_tier(project_id=project.pk, annotator_id=stranger.pk, tier_id=experts.pk, by=owner)
    assert spent(project) == 3
    entry = AuditEntry.objects.get(action=AuditEntry.Action.ANNOTATOR)
    assert (entry.by, entry.before, entry.after) == (owner, {"tier": None}, {"tier": "expert"})


def test_a_tier_of_another_project_is_none_of_ours(project, owner, item):
    hear(item, "good", tier=None, person=PERSON)
    other = tier_of(make_project(owner=owner, name="Other"), "expert")
    for act in (price_of_assigning, lambda **names: assign_tier(**names, by=owner)):
        with pytest.raises(NotFound):
            act(project_id=project.pk, annotator_id=Annotator.objects.get().pk, tier_id=other.pk)


def test_an_invited_annotator_is_expected_at_once_and_is_the_user_who_accepts(project, owner, experts):
    invited = invite_person(
        project_id=project.pk, email="Ada@example.com", role="annotator", tier_id=experts.pk, by=owner
    )
    assert Annotator.objects.get().email == ADA
    user = accept_invitation(token=invited.link.rpartition("/")[2], name="Ada", password="a battery staple")
    assert Annotator.objects.get().user == user


def test_an_annotator_needs_a_tier(project, owner):
    with pytest.raises(InvalidInput) as refused:
        invite_person(project_id=project.pk, email=ADA, role="annotator", tier_id=None, by=owner)
    assert refused.value.field == "tier_id"


def test_a_member_who_labels_is_found_by_their_address(project, owner, item):
    hear(item, "good", tier=None, person=PERSON)
    tell(project, {PERSON: owner.email.upper()})
    assert Annotator.objects.get().user == owner


def test_somebody_with_that_address_who_is_no_member_is_not_let_in(project, item):
    User.objects.create_user(ADA, "correct horse")
    hear(item, "good", tier=None, person=PERSON)
    tell(project)
    assert Annotator.objects.get().user is None


def test_an_annotator_is_not_added_twice(project, owner, experts):
    add_annotator(project_id=project.pk, email=ADA, tier_id=experts.pk, by=owner)
    with pytest.raises(Conflict):
        add_annotator(project_id=project.pk, email="ADA@example.com", tier_id=experts.pk, by=owner)


def test_who_is_taken_out_is_paused_and_their_answers_stay(project, owner, experts, item):
    ada = member(project, Role.ANNOTATOR, ADA)
    add_annotator(project_id=project.pk, email=ADA, tier_id=experts.pk, by=owner)
    tell(project)
    hear(item, "good", tier=None, person=PERSON)
    remove_person(project_id=project.pk, user_id=ada.pk, by=owner)
    assert Annotator.objects.get().state == Annotator.State.PAUSED
    assert (Annotation.objects.count(), spent(project)) == (1, 1)


class InWhateverOrder(TestCase):
    """Invited, named by Label Studio, answered, assigned: whatever comes first, it is one person, paid once."""

    @settings(max_examples=40, deadline=None)
    @given(order=st.permutations(["invite", "answer", "answer", "assign", "tell", "tell"]))
    def test_one_person_is_one_annotator_and_each_answer_is_paid_once(self, order):
        owner = User.objects.create_user("owner@example.com", "correct horse")
        project = make_project(owner=owner)
        experts, items = tier_of(project, "expert"), iter(queue(project, make_pool(project, size=2)))
        for step in [*order, "tell"]:
            known = Annotator.objects.order_by("pk").first()
            if step == "invite":
                with suppress(Conflict):
                    add_annotator(project_id=project.pk, email=ADA, tier_id=experts.pk, by=owner)
            elif step == "answer":
                hear(next(items), "good", tier=None, person=PERSON)
            elif step == "assign" and known:
                assign_tier(project_id=project.pk, annotator_id=known.pk, tier_id=experts.pk, by=owner)
            elif step == "tell":
                tell(project)
        annotator = Annotator.objects.get()
        assert (annotator.external_id, annotator.email, annotator.annotations.count()) == (PERSON, ADA, 2)
        assert spent(project) == 2
        assert audit(project.pk).differences == []


def test_without_label_studio_there_is_no_address_to_sign_up_at(settings):
    settings.LABEL_STUDIO_INTERNAL_URL = "http://127.0.0.1:1"
    assert sign_up_url() is None


@pytest.mark.services
def test_somebody_new_signs_up_at_label_studios_own_address(label_studio, settings):
    settings.LABEL_STUDIO_INTERNAL_URL = settings.LABEL_STUDIO_URL = label_studio.url
    settings.LABEL_STUDIO_TOKEN = label_studio.token
    found = sign_up_url()
    assert found is not None
    assert found.startswith(f"{label_studio.url}/user/signup/?token=")
