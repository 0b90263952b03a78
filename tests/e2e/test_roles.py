"""What the page shows to each role: what it may see, elsewhere the way back; nothing blank, nothing too wide."""

import re

import pytest
from playwright.sync_api import Page, expect

from heedful.labeling.models import Annotator
from tests.accounts.people import PASSWORD, member
from tests.factories import hear, know, queue

pytestmark = pytest.mark.browser

PATHS = {
    "Loop": "",
    "My queue": "/my-queue",
    "Queue": "/queue",
    "Pool": "/pool",
    "Map": "/map",
    "Money": "/money",
    "People": "/people",
    "Quality": "/quality",
    "Models": "/models",
    "Inspect": "/inspect",
    "Triggers": "/triggers",
    "Jobs": "/jobs",
    "Activity": "/activity",
    "Notifications": "/notifications",
    "Settings": "/settings",
}
SEEN = {
    "owner": [*PATHS],
    "manager": [*PATHS],
    "annotator": ["My queue"],
    "viewer": [name for name in PATHS if name not in ("My queue", "Settings")],
}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def people(project, owner, pictures):
    """Somebody in each role; the annotator has an answer and a queue."""
    people = {"owner": owner, **{role: member(project, role) for role in SEEN if role != "owner"}}
    know(project, 1)
    Annotator.objects.filter(external_id=1).update(user=people["annotator"], email=people["annotator"].email)
    first, *_ = queue(project, pictures[:4])
    hear(first, "good")
    return people


def entries(page: Page) -> list[str]:
    navigation = page.get_by_role("navigation", name="Pages of the project")
    expect(navigation).to_be_visible()
    return navigation.get_by_role("link").all_inner_texts()


def root_of(page: Page) -> str:
    """The address of the project."""
    found = re.match(r".*/projects/\d+", page.url)
    assert found
    return found[0]


def settled(page: Page) -> None:
    """Something is written below the header, and nothing still stands for what is to come."""
    main = page.get_by_role("main")
    expect(main).to_have_text(re.compile(r"\S"))
    expect(main.locator(".mantine-Skeleton-root")).to_have_count(0)
    expect(main.get_by_text("This could not be shown")).to_have_count(0)


@pytest.mark.parametrize("role", SEEN)
def test_the_navigation_holds_what_the_role_may_see(people, visit, role):
    page = visit(people[role], PATHS[SEEN[role][0]])
    settled(page)
    assert entries(page) == SEEN[role]


@pytest.mark.parametrize("role", ["manager", "annotator", "viewer"])
def test_every_address_shows_its_page_or_the_first_that_the_role_may_see(people, visit, role):
    page = visit(people[role])
    at = root_of(page)
    found = {}
    for name, path in PATHS.items():
        page.goto(at + path)
        settled(page)
        found[name] = page.url.partition("?")[0].removeprefix(at).rstrip("/")
    first = PATHS[SEEN[role][0]]
    assert found == {name: path if name in SEEN[role] else first for name, path in PATHS.items()}


def test_no_page_is_wider_than_a_phone(people, visit, pictures):
    page = visit(people["owner"], viewport=PHONE)
    at = root_of(page)
    widths = {}
    for name, path in {**PATHS, "Sample": f"/samples/{pictures[0].pk}"}.items():
        page.goto(at + path)
        settled(page)
        page.wait_for_load_state("networkidle")
        widths[name] = page.evaluate("document.documentElement.scrollWidth")
    assert {name: width for name, width in widths.items() if width > PHONE["width"]} == {}


def test_whoever_is_not_logged_in_is_asked_to_and_comes_back(people, visit):
    page = visit(None, "/money")
    page.get_by_label("E-mail").fill(people["viewer"].email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile(r"/money$"))
    settled(page)


def test_a_stranger_is_told_that_there_is_no_such_project(people, visit, django_user_model):
    page = visit(django_user_model.objects.create_user("stranger@example.com", PASSWORD))
    expect(page.get_by_text("you are not a member of it")).to_be_visible()
