"""Looking into a version on its pages: asked for by a button, found out by a worker, and shown."""

import re

import pytest
from playwright.sync_api import Page, expect

from heedful.jobs.models import Job
from heedful.registry.models import ModelVersion
from tests.registry.versions import make_version
from tests.trained import make_filmed, make_opposite
from workers.runner import run_job

pytestmark = pytest.mark.browser


@pytest.fixture
def model(project, tmp_path):
    return make_filmed(project, tmp_path / "pictures")


def ask(page: Page, button: str) -> None:
    """The button is pressed, and a worker does the rest."""
    before = Job.objects.count()
    page.get_by_role("button", name=button).first.click()
    expect(page.get_by_text("A worker is about to begin.")).to_be_visible()
    assert Job.objects.count() == before + 1
    run_job.apply(kwargs={"job_id": Job.objects.latest("pk").pk}, throw=True)
    expect(page.get_by_text("Found out")).to_be_visible()


@pytest.mark.usefixtures("predictor")
def test_what_it_looks_at_is_shown_with_the_trust_in_its_maps(visit, owner, model):
    page = visit(owner, f"/models/{model.number}/attention")
    expect(page.get_by_text("Nobody has looked yet")).to_be_visible()
    ask(page, "See what it looks at")
    expect(page.get_by_role("heading", name="defective", exact=True)).to_be_visible()
    row = page.locator("[data-testid=trust][data-method=activation]")
    expect(row).to_contain_text("Not measured")
    row.get_by_role("button", name="Measure").click()
    expect(row).to_contain_text("Waiting for a worker")
    run_job.apply(kwargs={"job_id": Job.objects.latest("pk").pk}, throw=True)
    expect(row.get_by_test_id("trust-mark")).to_be_visible()
    page.get_by_role("button", name="Measure all").click()
    expect(page.locator("[data-testid=trust]").get_by_text("Waiting for a worker")).to_have_count(10)


def test_two_versions_are_compared(visit, owner, project, model):
    make_opposite(model)
    page = visit(owner, f"/models/{model.number}/compare")
    expect(page.get_by_text("was not compared with v2 yet")).to_be_visible()
    ask(page, "Compare them")
    expect(page.get_by_role("heading", name=re.compile("Version 1 costs .* less than version 2"))).to_be_visible()
    flip = page.get_by_test_id("flip").first
    expect(flip.get_by_test_id("heat")).to_have_count(3)
    page.get_by_text("Broken (0)").click()
    expect(page.get_by_text("Nothing was broken")).to_be_visible()
    for number in (2, 1):
        page.get_by_role("button", name=f"Try to fool v{number}").click()
        expect(page.get_by_role("button", name=f"v{number} is being tried")).to_be_disabled()
        run_job.apply(kwargs={"job_id": Job.objects.latest("pk").pk}, throw=True)
    expect(page.get_by_role("heading", name="How easily either is fooled")).to_be_visible()
    expect(page.get_by_role("row", name="Right as they are")).to_be_visible()


def test_what_fools_it_is_shown(visit, owner, model):
    page = visit(owner, f"/models/{model.number}/robustness")
    ask(page, "Try to fool it")
    expect(page.get_by_text("under the worst of 40 corruptions")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("blur, severity 5"))).to_be_visible()
    page.get_by_role("button", name="Show the table of costs under corruptions").click()
    expect(page.get_by_role("row", name=re.compile("^noise 1"))).to_be_visible()


def test_the_card_is_read_added_to_and_taken_away(visit, owner, project, model):
    page = visit(owner, f"/models/{model.number}/card")
    card = page.frame_locator("iframe")
    expect(card.get_by_text("Nobody has written what models of this project are for")).to_be_visible()
    page.get_by_label("What models of this project are for, and what not").fill("For our lab alone.")
    page.get_by_role("button", name="Save").click()
    expect(card.get_by_text("For our lab alone.")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="PDF").click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF")


def test_a_version_is_made_champion_after_its_verdict_was_shown(visit, owner, project, model):
    verdict = {**model.verdict, "promote": False, "sentences": ["Costs 2 more a sample.", "Not promoted."]}
    other = make_version(project, spent=1, cost=1, labels=4, promoted=False)
    ModelVersion.objects.filter(pk=other.pk).update(verdict=verdict)
    page = visit(owner, f"/models/{other.number}/compare")
    page.get_by_role("button", name="Make it champion…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Costs 2 more a sample.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Make it champion")).to_be_disabled()
    dialog.get_by_label("Why").fill("The new camera is what counts.")
    dialog.get_by_role("button", name="Make it champion").click()
    expect(page.get_by_text("Version 2 is the champion.")).to_be_visible()
    assert project.models.get(state=ModelVersion.State.CHAMPION).number == other.number
