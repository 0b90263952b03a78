"""The page of weak labels: a table is brought in, a function tried, a source switched off and deleted."""

import pytest
from playwright.sync_api import Page, expect

from heedful.jobs.models import Job
from heedful.pool.weak.sources import apply_source
from tests.accounts.people import member
from tests.factories import hear, make_pool, queue
from tests.registry.versions import make_version
from workers.running import RunningJob
from workers.tasks.weak import weigh

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
COURSES = {"experts": 0.6, "cheap, then experts": 0.5, "both at once": 0.4}


@pytest.fixture
def checked(project):
    """A pool of forty, of which experts call every third defective."""
    samples = make_pool(project, size=40)
    for row, item in enumerate(queue(project, samples[:20])):
        hear(item, "good" if row % 3 else "defective")
    return samples


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "scribbles.csv"
    rows = [f"{row}.png,{'good' if row % 3 else 'defective'}" for row in range(30)]
    path.write_text("\n".join(["name,class", *rows, "nobody.png,good\n"]))
    return path


def work(project):
    """What the workers would do now."""
    for job in Job.objects.filter(kind=Job.Kind.APPLY_WEAK_SOURCE):
        apply_source(source_id=job.arguments["source_id"], on_progress=lambda done, total: None)
    weigh(RunningJob(Job(project_id=project.pk)))


def bring_in(page: Page, table) -> None:
    page.locator("input[type=file]").set_input_files(table)
    expect(page.get_by_label("Name", exact=True)).to_have_value("scribbles")
    expect(page.get_by_role("cell", name="0.png")).to_be_visible()
    page.get_by_role("button", name="Import labels").click()
    expect(page.get_by_test_id("weak-source")).to_have_count(1)


def test_a_table_is_brought_in_and_held_against_the_experts(project, visit, owner, checked, table):
    page = visit(owner, "/weak-labels")
    expect(page.get_by_text("What is cheap to know of these samples?")).to_be_visible()
    bring_in(page, table)
    work(project)
    page.reload()
    row = page.get_by_test_id("weak-source")
    expect(row).to_contain_text("counts")
    expect(row).to_contain_text("75%")
    expect(page.get_by_role("heading", name="One source labels 75% of the pool")).to_be_visible()
    expect(page.get_by_role("heading", name="no claim is refuted")).to_be_visible()
    expect(page.get_by_text("20 of 20").first).to_be_visible()
    page.get_by_role("button", name="rows of scribbles refused").click()
    expect(page.get_by_role("dialog")).to_contain_text("There is no such sample")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Show the table").click()
    expect(page.get_by_role("columnheader", name="Share, 95% interval")).to_be_visible()


def test_a_source_is_switched_off_and_deleted_after_a_word(project, visit, owner, checked, table):
    page = visit(owner, "/weak-labels")
    bring_in(page, table)
    work(project)
    page.reload()
    page.get_by_role("switch", name="scribbles counts").press("Space")
    expect(page.get_by_test_id("weak-source")).to_contain_text("switched off")
    page.get_by_role("button", name="Delete scribbles…").click()
    expect(page.get_by_text("The source goes, with its 30 labels.")).to_be_visible()
    page.get_by_role("button", name="Delete scribbles", exact=True).click()
    expect(page.get_by_text("What is cheap to know of these samples?")).to_be_visible()


def test_a_function_is_tried_mended_and_saved(visit, owner, checked):
    page = visit(owner, "/weak-labels")
    page.get_by_text("Function", exact=True).click()
    expect(page.get_by_text("without a sandbox")).to_be_visible()
    page.get_by_role("textbox", name="Function").fill("def label(sample)\n    return 'good'\n")
    page.get_by_role("button", name="Try on 20 samples").click()
    expect(page.get_by_text("Line 1: SyntaxError")).to_be_visible()
    page.get_by_role("textbox", name="Function").fill(
        "def label(sample):\n    return 'good' if sample.name > '2' else sample.metadata['maker']\n"
    )
    page.get_by_role("button", name="Try on 20 samples").click()
    expect(page.get_by_test_id("preview")).to_contain_text("and fails on")
    expect(page.get_by_test_id("preview")).to_contain_text("Line 2: KeyError")
    page.get_by_label("Name", exact=True).fill("By name")
    page.get_by_role("button", name="Save and run").click()
    expect(page.get_by_test_id("weak-source")).to_contain_text("By name")


def test_a_collector_names_what_cannot_work_and_starts(visit, owner, checked):
    page = visit(owner, "/weak-labels")
    page.get_by_text("Web pages", exact=True).click()
    page.get_by_role("textbox", name="Pages").fill("ftp://cells.example/1")
    page.get_by_label("Name", exact=True).fill("Cells on the web")
    page.get_by_role("button", name="Collect").click()
    expect(page.get_by_text("ftp://cells.example/1 is no address of a page")).to_be_visible()
    page.get_by_role("textbox", name="Pages").fill("https://cells.example/1\nhttps://cells.example/2")
    page.get_by_role("textbox", name="Means defective").fill("crack")
    page.get_by_role("button", name="Collect").click()
    expect(page.get_by_test_id("weak-source")).to_contain_text("Cells on the web")


def test_a_version_says_what_its_weak_labels_were_worth(project, visit, owner):
    model = make_version(project, spent=100, cost=0.4, labels=60)
    model.verdict = {"promote": True, "sentences": ["Promoted."], "probability_cheaper": 1.0, "cost_difference": None}
    model.save()
    model.run.report = {
        "head": {"trust": 1.0},
        "weak_stage": {
            "samples": 600,
            "sources": ["scribbles"],
            "contradicting": ["Wrong"],
            "without": {"value": 0.6, "low": 0.5, "high": 0.7},
            "with": {"value": 0.4, "low": 0.3, "high": 0.5},
            "cost_difference": {"value": -0.2, "low": -0.3, "high": -0.1},
            "probability_cheaper": 0.97,
        },
    }
    model.run.save()
    stage = visit(owner, "/models").get_by_test_id("weak-stage")
    expect(stage).to_contain_text("Beginning from weak labels saves $200 per 1,000 samples")
    expect(stage).to_contain_text("Left out, for it contradicts the experts: Wrong.")
    expect(stage).to_contain_text("once there is a forecast")


def test_a_deep_run_says_which_courses_it_tried_and_which_it_kept(project, visit, owner):
    model = make_version(project, spent=100, cost=0.4, labels=60)
    model.verdict = {"promote": True, "sentences": ["Promoted."], "probability_cheaper": 1.0, "cost_difference": None}
    model.save()
    costs = {name: {"value": value, "low": value - 0.1, "high": value + 0.1} for name, value in COURSES.items()}
    model.run.report = {
        "cheap_labels": {
            "labels": 90,
            "sources": ["cheaper tiers", "scribbles"],
            "spent": "12.5000",
            "way": "both at once",
            "kept": True,
            "held_out": 9,
            "held_out_loss": COURSES,
            "expected_cost": costs,
            "without": costs["experts"],
            "with": costs["both at once"],
            "cost_difference": {"value": -0.2, "low": -0.3, "high": -0.1},
            "probability_cheaper": 0.97,
        },
    }
    model.run.save()
    stage = visit(owner, "/models", viewport=PHONE).get_by_test_id("weak-stage")
    expect(stage).to_contain_text("Learning from cheap labels too saves $200 per 1,000 samples")
    expect(stage).to_contain_text("The cheap answers cost $12.50 themselves.")
    expect(stage.get_by_role("row", name="both at once (kept)")).to_contain_text("0.400")
    assert stage.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_viewer_sees_the_sources_and_changes_nothing(project, visit, owner, checked, table):
    bring_in(visit(owner, "/weak-labels"), table)
    work(project)
    page = visit(member(project, "viewer"), "/weak-labels", viewport=PHONE)
    expect(page.get_by_test_id("weak-source")).to_have_count(1)
    expect(page.get_by_role("switch")).to_have_count(0)
    expect(page.get_by_role("button", name="Delete")).to_have_count(0)
    expect(page.get_by_text("Add a source")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
