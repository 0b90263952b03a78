"""The suite's one running Heedful."""

import pytest

from tests.stack.running import RunningHeedful, shared_heedful


@pytest.fixture(scope="session")
def heedful(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> RunningHeedful:
    return shared_heedful(pytestconfig, lambda: tmp_path_factory.mktemp("heedful"))
