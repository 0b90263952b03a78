"""A round that waits for approval is changed and approved on the queue page; before that it holds no money."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from heedful.acquisition.models import QueryRound
from heedful.acquisition.reranking import rerank
from heedful.acquisition.services import fill_round, open_round
from heedful.projects.models import Project
from tests.accounts.people import member
from tests.factories import chosen, know

pytestmark = pytest.mark.browser


@pytest.fixture
def planned(project, pictures):
    """Three samples for an expert at $1; two people of the weak tier could answer for $0.10."""
    Project.objects.filter(pk=project.pk).update(plan_approval=True)
    for person in (11, 12):
        know(project, person, "weak")
    know(project, 1)
    opened = open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=3, model_number=None)
    fill_round(round_id=opened.pk, strategy="by hand", choices=[chosen(one) for one in pictures[:3]])
    return opened


def test_a_plan_is_changed_and_then_reserves_what_it_says(planned, project, visit, owner):
    page = visit(owner, "/queue")
    expect(page.get_by_text("waits for approval: $3.00")).to_be_visible()
    page.get_by_test_id("planned-item").first.get_by_role("combobox").select_option(label="weak")
    expect(page.get_by_text("waits for approval: $2.10")).to_be_visible()
    page.get_by_test_id("planned-item").last.get_by_role("button", name="Leave").click()
    page.get_by_role("button", name="Approve and reserve $1.10").click()
    expect(page.get_by_text("who answers, for $1.10")).to_be_visible()
    assert project.ledger.total("held") == Decimal("1.1")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_round_that_was_ranked_again_says_what_that_changed(project, pictures, visit, owner, width):
    know(project, 1)
    opened = open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=3, model_number=None)
    fill_round(round_id=opened.pk, strategy="by hand", choices=[chosen(one) for one in pictures[:3]])
    first, _, last = opened.items.order_by("rank")
    rerank(round_id=opened.pk, model_number=2, refreshed=[first], explanations=[], lost=[last.pk])
    page = visit(owner, "/queue", viewport={"width": width, "height": 900})
    sentence = "Ranked again under version 2: 1 sample refreshed, 1 outbid, $1.00 released."
    expect(page.get_by_text(sentence)).to_be_visible()
    assert project.ledger.total("held") == Decimal(2)


def test_a_viewer_sees_the_plan_and_cannot_approve_it(planned, project, visit):
    page = visit(member(project, "viewer"), "/queue")
    expect(page.get_by_test_id("planned-item")).to_have_count(3)
    expect(page.get_by_role("button", name="Approve and reserve")).to_have_count(0)
    expect(page.get_by_role("combobox").first).to_be_disabled()
