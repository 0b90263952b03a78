"""An annotator's page: the next sample with its reason, own answers with their pay, and a word to the managers."""

import re

import pytest
from playwright.sync_api import expect

from heedful.labeling.models import LabelingTask, LabelStudioProject
from heedful.quality.models import Comment
from tests.accounts.people import member
from tests.factories import chosen, hear, know, queue

pytestmark = pytest.mark.browser

PERSON = 7


@pytest.fixture
def mine(project, pictures, visit):
    """Opens the page of an expert who has answered the first of four."""
    ada = know(project, PERSON)
    ada.user = member(project, "annotator", "ada@example.com")
    ada.save()
    items = queue(project, pictures[:4])
    LabelStudioProject.objects.create(tier=ada.tier, external_id=4)
    for item in items:
        LabelingTask.objects.create(item=item, external_id=40 + item.rank)
    hear(items[0], "good", person=PERSON)
    return lambda: visit(ada.user, "/my-queue")


def test_the_next_sample_comes_with_its_reason_and_the_way_to_it(mine, pictures):
    page = mine()
    expect(page.get_by_test_id("next-item")).to_contain_text(chosen(pictures[0]).reason)
    expect(page.get_by_role("link", name="Label it")).to_have_attribute("href", re.compile(r"/projects/4/.*task=42"))


def test_what_one_answered_stands_there_with_its_pay(mine):
    answered = mine().get_by_test_id("my-answer")
    expect(answered).to_have_count(1)
    expect(answered).to_contain_text("good")
    expect(answered).to_contain_text("$1.00")


def test_an_annotator_disputes_the_label_of_what_they_answered(mine, pictures):
    page = mine()
    page.get_by_role("button", name="Comment…").click()
    page.get_by_label("Your comment").fill("There is a crack.")
    page.get_by_label("This disputes the label").check()
    page.get_by_role("button", name="Dispute the label").click()
    expect(page.get_by_text("The managers are told.")).to_be_visible()
    assert Comment.objects.get(sample=pictures[0]).disputes
