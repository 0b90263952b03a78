"""What each mistake costs is said when a project is made; a matrix in which nothing costs anything is refused."""

import pytest
from playwright.sync_api import expect

from heedful.projects.models import Project

pytestmark = pytest.mark.browser


def test_costs_are_unequal_and_some_mistake_costs_something(project, owner, visit):
    page = visit(owner)
    page.goto(page.url.split("/projects")[0] + "/projects/new")
    page.get_by_label("Name", exact=True).fill("Wrists")
    first, second = (page.get_by_label(f"Name of class {number}") for number in (1, 2))
    first.fill("intact")
    second.fill("fracture")
    missed = page.get_by_label("a fracture called intact costs")
    alarm = page.get_by_label("a intact called fracture costs")
    missed.fill("0")
    alarm.fill("0")
    create = page.get_by_role("button", name="Create the project")
    create.click()
    expect(page.get_by_text("If no mistake costs anything, there is nothing to improve.")).to_be_visible()
    missed.fill("500")
    alarm.fill("10")
    expect(page.get_by_text("A fracture called intact costs $500.")).to_be_visible()
    create.click()
    expect(page).to_have_url(page.url.split("/projects")[0] + f"/projects/{project.pk + 1}/pool")
    made = Project.objects.get(name="Wrists")
    assert made.cost_matrix() == [[0, 10], [500, 0]]
    assert made.costly_class() == 1
