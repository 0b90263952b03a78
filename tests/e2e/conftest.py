"""The suite's one running Heedful, and a browser to look at it with."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.stack.running import RunningHeedful, shared_heedful

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="session")
def heedful(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> RunningHeedful:
    return shared_heedful(pytestconfig, lambda: tmp_path_factory.mktemp("heedful"))


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
