"""Classes are merged, and the merge undone, on the settings page; so are the means against imbalance chosen."""

import pytest
from playwright.sync_api import expect

from heedful.projects.models import Project
from tests.factories import make_grading
from tests.registry.versions import make_version, metrics

pytestmark = pytest.mark.browser

CONFUSION = [[150, 1, 0, 0], [2, 12, 6, 0], [1, 3, 15, 0], [0, 0, 0, 10]]


@pytest.fixture
def project(owner) -> Project:
    project = make_grading(owner=owner)
    model = make_version(project, spent=10, cost=2.0, labels=20)
    model.evaluation.metrics = metrics(2.0, classes=4) | {"confusion": CONFUSION}
    model.evaluation.save()
    return project


def test_a_merge_says_what_it_would_change_and_is_undone(project, owner, visit):
    page = visit(owner, "/settings")
    page.get_by_role("button", name="Merge classes…").click()
    page.get_by_role("checkbox", name="crack").check()
    expect(page.get_by_role("button", name="Choose at least two classes")).to_be_disabled()
    page.get_by_role("checkbox", name="break").check()
    preview = page.get_by_test_id("merge-preview")
    expect(preview).to_contain_text("v1 takes 9 of 200 gold samples for another of these classes")
    expect(preview).to_contain_text("counted no more")
    page.get_by_role("radio", name="Training only").check()
    expect(preview).to_contain_text("that much is still counted")
    page.get_by_role("button", name="Merge 2 classes").click()

    merged = page.get_by_test_id("merge")
    expect(merged).to_contain_text("crack or break")
    expect(merged).to_contain_text("One in training only")
    assert [one.name for one in project.merges.all()] == ["crack or break"]

    page.get_by_role("button", name="Undo the merge of crack or break").click()
    page.get_by_role("button", name="Tell them apart again").click()
    expect(page.get_by_test_id("merge")).to_have_count(0)
    page.get_by_text("Undone merges (1)").click()
    expect(page.get_by_test_id("undone-merge")).to_contain_text("crack or break")
    assert project.merges.get().undone_by == owner


def test_means_against_imbalance_are_chosen_and_a_wrong_figure_is_named(project, owner, visit):
    page = visit(owner, "/settings")
    page.get_by_role("radio", name="The hardest of the common classes").check()
    ratio = page.get_by_label("Common to rare, at most")
    ratio.fill("0.5")
    page.get_by_role("button", name="Learn this way").click()
    expect(page.get_by_text("Enter a number from 1 to 1,000.")).to_be_visible()
    ratio.fill("5")
    page.get_by_role("button", name="Learn this way").click()
    expect(page.get_by_text("The next training run learns this way.")).to_be_visible()
    project.refresh_from_db()
    assert project.imbalance == {"sampling": {"method": "hard_negatives", "ratio": 5.0}}
