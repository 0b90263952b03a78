"""A version's errors as a person browses them: a cell, its samples, one of them, and a label that is asked again."""

import re

import pytest
from playwright.sync_api import expect

from heedful.acquisition.models import ASK_AGAIN, QueueItem
from heedful.jobs.models import Job
from heedful.quality.models import Label
from heedful.quality.services import take_snapshot
from tests.trained import make_trained
from workers.runner import run_job

pytestmark = pytest.mark.browser


def mislabeled(project, samples):
    good, defective = project.classes()
    for sample in samples:
        label = Label.objects.get(sample=sample)
        label.label_class = defective if label.label_class_id == good.pk else good
        label.save()


@pytest.fixture
def model(project, tmp_path):
    """Gold of one camera is labeled wrongly in ten places, and the pool in three."""
    project.costs.update(amount=5)
    model = make_trained(project, tmp_path / "pictures", size=140)
    for number, sample in enumerate(project.samples.order_by("pk")):
        sample.metadata = {"camera": "A" if number % 2 else "B"}
        sample.save()
    gold = [one for one in project.samples.gold().order_by("pk") if one.metadata["camera"] == "A"]
    mislabeled(project, gold[:10])
    mislabeled(project, project.samples.exclude(role="gold").order_by("pk")[:3])
    model.run.snapshot = take_snapshot(project=project)
    model.run.save()
    return model


def test_mistakes_are_browsed_down_to_one_sample_and_a_label_is_asked_again(visit, owner, project, model):
    page = visit(owner, f"/models/{model.number}")
    page.get_by_role("link", name="Errors").click()
    expect(page.get_by_text("Its mistakes were not looked into yet")).to_be_visible()
    page.get_by_role("button", name="Look into its mistakes").click()
    expect(page.get_by_text("A worker is about to begin.")).to_be_visible()
    run_job.apply(kwargs={"job_id": Job.objects.get(kind=Job.Kind.FIND_ERRORS).pk}, throw=True)

    matrix = page.get_by_role("table", name="Confusion matrix")
    cell = matrix.get_by_role("button", name=re.compile("^defective called good: "))
    expect(page.get_by_test_id("mistakes")).to_contain_text("in 60 samples")
    expect(page.get_by_test_id("worst-slice").first).to_contain_text("camera: A")
    page.get_by_role("radiogroup", name="Cells tell").get_by_text("Money").click()
    expect(cell).to_have_accessible_name(re.compile(r"\$"))
    matrix.get_by_role("button").first.focus()
    page.keyboard.press("ArrowDown")
    expect(cell).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"cell=.*1%2C0"))
    cards = page.get_by_test_id("mistake")
    count = cards.count()
    assert count > 1
    expect(cards.first.get_by_test_id("heat")).to_have_count(1)

    cards.first.get_by_role("button", name=re.compile("^Open ")).click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("What speaks for defective, which it is")).to_be_visible()
    expect(drawer.get_by_test_id("neighbour")).to_have_count(4)
    first = page.url
    page.keyboard.press("ArrowRight")
    expect(page).not_to_have_url(first)
    assert "version=1" in drawer.get_by_role("link", name="Inspect").get_attribute("href")
    page.reload()
    expect(page.get_by_role("dialog").get_by_text("What speaks for defective, which it is")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_test_id("mistake")).to_have_count(count)

    page.get_by_test_id("cluster").first.click()
    expect(page.get_by_text("mistakes that are alike")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Ask about .* again$")).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_test_id("price")).to_contain_text(
        "1 answer at $1.00: $1.00 will be reserved; $100.00 is left now, $99.00 after"
    )
    dialog.get_by_role("button", name="Reserve $1.00 and ask").click()
    expect(page.get_by_text("1 label asked again in round 1: $1.00 reserved, $99.00 left.")).to_be_visible()
    assert QueueItem.objects.get().strategy == ASK_AGAIN
