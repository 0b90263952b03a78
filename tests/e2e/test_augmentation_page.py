"""Augmentation on the settings page: chosen by keyboard, warned of, seen on the pool's own pictures, kept."""

import pytest
from playwright.sync_api import expect

from heedful.jobs.models import Job
from heedful.projects.models import Project
from workers.runner import run_job
from workers.tasks.augment import VERSIONS

pytestmark = pytest.mark.browser


def test_a_policy_is_seen_on_the_pools_own_pictures_before_it_is_kept(project, pictures, owner, visit):
    page = visit(owner, "/settings")
    shown = page.get_by_role("button", name="Show on my pictures")
    expect(shown).to_be_disabled()
    page.get_by_role("radio", name="Off", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Searched")).to_be_checked()
    page.get_by_role("checkbox", name="Mirror left and right").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("status").filter(has_text="Breaks labels where side matters")).to_be_visible()
    expect(page.get_by_text("Not drawn yet")).to_be_visible()

    shown.click()
    expect(page.get_by_text("Drawing the versions")).to_be_visible()
    run_job.apply(kwargs={"job_id": Job.objects.get(kind=Job.Kind.PREVIEW_AUGMENTATION).pk})
    expect(page.get_by_text("As a deep run sees them with these options")).to_be_visible()
    first = page.get_by_test_id("versions").first
    expect(first.get_by_role("img")).to_have_count(1 + VERSIONS)
    loaded = first.get_by_role("img").last.evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert loaded == 160
    assert Project.objects.get(pk=project.pk).augmentation == {}

    page.get_by_role("button", name="Augment this way").click()
    expect(page.get_by_text("The next deep run learns this way.")).to_be_visible()
    assert Project.objects.get(pk=project.pk).augmentation == {"mode": "searched", "allowed": ["mirror"]}
