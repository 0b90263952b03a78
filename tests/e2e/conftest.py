"""The suite's one running Heedful, a web server on the test's own database, and a browser to look at either with."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from heedful.accounts.models import User
from heedful.pool.models import Sample
from heedful.projects.models import Project
from tests.accounts.people import logged_in
from tests.factories import make_pool, write_picture
from tests.stack.running import RunningHeedful, shared_heedful

CHROMIUM = "/usr/bin/chromium"
WIDE = {"width": 1440, "height": 900}
PATIENCE_MS = 15_000

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def heedful(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> RunningHeedful:
    return shared_heedful(pytestconfig, lambda: tmp_path_factory.mktemp("heedful"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright's event loop runs in this thread, where Django would refuse to ask the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, project, live_server, settings) -> Iterator[Visit]:
    """Opens an address of the project as somebody, or as nobody; no page may report an error meanwhile."""
    settings.HEEDFUL_PUBLIC_URL = live_server.url
    expect.set_options(timeout=PATIENCE_MS)
    contexts, errors = [], []

    def heard(message: ConsoleMessage) -> None:
        # What the API refuses is the page's to tell; Chromium and React report that, too.
        address = message.location.get("url", "")
        refused = "/api/" in address or message.text.startswith("ApiError")
        if message.type == "error" and not refused:
            errors.append(f"{message.text} ({address})")

    def visit(user: User | None, path: str = "", viewport: dict[str, int] = WIDE) -> Page:
        contexts.append(chromium.new_context(viewport=viewport))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", heard)
        page.on("pageerror", lambda error: errors.append(str(error)))
        if user:
            session = logged_in(user).cookies[settings.SESSION_COOKIE_NAME].value
            contexts[-1].add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page.goto(f"{live_server.url}/projects/{project.pk}{path}")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def pictures(project: Project, tmp_path: Path) -> list[Sample]:
    """Eight samples whose pictures are there."""
    samples = make_pool(project, size=8)
    for sample in samples:
        sample.address = write_picture(tmp_path / sample.name).as_uri()
    Sample.objects.bulk_update(samples, ["address"])
    return samples
