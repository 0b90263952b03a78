"""What every test may ask for: a project with people and money, and the real programs around Heedful."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client

from heedful.accounts.models import User
from heedful.pool.models import Sample
from heedful.projects.models import Project
from tests import services
from tests.factories import make_pool, make_project


@pytest.fixture
def owner(db: None) -> User:
    return User.objects.create_user("owner@example.com", "correct horse")


@pytest.fixture
def project(owner: User) -> Project:
    """Two classes, a missed defect twenty times a false alarm, $100 at $1 a label."""
    return make_project(owner=owner, limit=Decimal(100))


@pytest.fixture
def pool(project: Project) -> list[Sample]:
    return make_pool(project, size=30)


@pytest.fixture
def browser(owner: User) -> Client:
    """A logged-in owner."""
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture(scope="session")
def label_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[services.RunningLabelStudio]:
    with services.start_label_studio(tmp_path_factory.mktemp("label-studio")) as running:
        yield running


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[services.RunningValkey]:
    with services.start_valkey(tmp_path_factory.mktemp("valkey")) as running:
        yield running


@pytest.fixture(scope="session")
def postgres() -> Iterator[services.RunningPostgres]:
    with services.start_postgres() as running:
        yield running
