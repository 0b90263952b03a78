"""What every test may ask for: a project with people and money, and the real programs around Heedful."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.fixtures import Settings
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from heedful.accounts.models import User
from heedful.acquisition.models import QueryRound, QueueItem
from heedful.labeling.models import Annotator
from heedful.pool.artifacts import record
from heedful.pool.models import Sample, ShardArtifact
from heedful.projects.models import Project
from heedful.registry.models import Backbone
from tests import services
from tests.answering import ADA, EXPERTS, WEAK, asked, said
from tests.factories import hear, know, make_pool, make_project, queue, tier_of
from tests.predictors import running_predictor
from tests.training import label

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis_settings.register_profile(
    "unhurried", hypothesis_settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("unhurried")


SHARING = {"tests/e2e/test_page.py": "heedful", "tests/stack/": "heedful", "tests/labeling/": "label studio"}
"""What uses a program that takes long to start, by the path it begins with: all that share one run in one process."""


class BySharing(LoadScopeScheduling):  # type: ignore[misc]
    """A process takes a file of tests at a time, or all that share a program."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.split("::")[0]
        return next((program for start, program in SHARING.items() if path.startswith(start)), path)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> BySharing:
    return BySharing(config, log)


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
def staffed(project: Project) -> Project:
    """Three experts, three weak annotators at 0.02 who are right in 80%, and a pool of a hundred."""
    weak = tier_of(project, "weak", amount=Decimal("0.02"))
    project.tiers.filter(pk=weak.pk).update(claimed_accuracy=0.8)
    for person in EXPERTS:
        know(project, person)
    for person in WEAK:
        know(project, person, "weak")
    make_pool(project, size=100)
    return project


@pytest.fixture
def ada(project: Project) -> Annotator:
    """Of the weak tier, in a project that judges after four honeypots."""
    tier_of(project, "weak", amount=Decimal("0.02"))
    Project.objects.filter(pk=project.pk).update(honeypot_minimum=4, honeypot_bar=0.7)
    make_pool(project, size=5)
    return know(project, ADA, "weak")


@pytest.fixture
def honeypots(project: Project, ada: Annotator) -> list[QueueItem]:
    """Ten gold samples that two experts call good, before the weak tier."""
    samples = make_pool(project, size=10)
    Sample.objects.filter(pk__in=[one.pk for one in samples]).update(role=Sample.Role.GOLD)
    for item in asked(project, samples, kind=QueryRound.Kind.GOLD, answers=2):
        said(item, (1, "good"), (2, "good"))
    return asked(project, samples, tier_id=ada.tier_id, answers=1, honeypot=True)


@pytest.fixture
def ready(project: Project) -> Project:
    """Sixty samples, embedded; five are labeled gold and two are labeled of the pool, one of each class. No rule."""
    backbone = Backbone.objects.create(
        key="lite0-abc", name="efficientnet-lite0", base="efficientnet-lite0", address="", checkpoint_address=""
    )
    samples = make_pool(project, size=60)
    for shard in project.shards.all():
        record(shard, ShardArtifact.Kind.EMBEDDINGS, backbone.key)
    Sample.objects.filter(pk__in=[one.pk for one in samples[:5]]).update(role=Sample.Role.GOLD)
    for item in queue(project, samples[:5], QueryRound.Kind.GOLD):
        hear(item, "good")
    label(project, "good", "defective")
    project.rules.all().delete()
    return project


@pytest.fixture
def browser(owner: User) -> Client:
    """A logged-in owner."""
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture(scope="session")
def predictor_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_predictor(tmp_path_factory.mktemp("predictor")) as url:
        yield url


@pytest.fixture
def predictor(predictor_url: str, settings: Settings) -> None:
    """One that the web server asks."""
    settings.PREDICTOR_URL = predictor_url


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
