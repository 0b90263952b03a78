"""What fools a challenger keeps it from serving where the project says so; what is foreign is not paid for."""

import numpy as np
import pytest

from heedful.acquisition.models import ASKED_FIRST, CONTROL_STRATEGY, QueryRound
from heedful.acquisition.services import open_round
from heedful.jobs.models import Job
from heedful.pool.artifacts import shard_address
from heedful.pool.marks import want_first
from heedful.pool.models import SetAside, ShardArtifact
from heedful.projects.models import Project
from heedful.quality.models import Label
from heedful.quality.services import take_snapshot
from heedful.registry.models import ModelReport, ModelVersion
from heedful.registry.services import enqueue_scoring
from ml.strategies.candidates import Candidates
from ml.strategies.selection import Choice
from ml.strategies.strategy import Explanation
from tests.factories import know
from tests.trained import make_trained
from tests.workers.champions import work
from tests.workers.quick_runs import learned
from workers.foreign import foreign_of, none_foreign, set_foreign_aside


def choice(sample, strategy="margin"):
    return Choice(
        sample_id=sample.pk,
        row=0,
        slot="",
        strategy=strategy,
        target=None,
        explanation=Explanation.CONTRASTIVE,
        score=1.0,
        rank=1,
        selection_probability=1.0,
        reason="",
        places=1,
    )


def test_a_bound_that_is_passed_takes_the_promotion(project, embedded):
    Project.objects.filter(pk=project.pk).update(nonsense_bound=0.0, noise_bound=0.0)
    run, _ = learned(project)
    model = ModelVersion.objects.get(run=run)
    assert model.state == ModelVersion.State.REJECTED
    sentences = model.verdict["sentences"]
    assert any("the project allows 0%" in one for one in sentences)
    assert sentences[-1] == "Not promoted."
    measured = model.reports.get(kind=ModelReport.Kind.ROBUSTNESS).body
    assert max(measured["nonsense"]["share"], measured["noise"]["flips"]) > 0


def test_a_bound_that_holds_leaves_the_verdict(project, embedded):
    Project.objects.filter(pk=project.pk).update(corruption_bound=1_000_000, noise_bound=1.0)
    run, _ = learned(project)
    assert ModelVersion.objects.get(run=run).state == ModelVersion.State.CHAMPION


def test_without_bounds_nothing_is_measured(project, embedded):
    run, _ = learned(project)
    assert ModelVersion.objects.get(run=run).reports.count() == 0


def test_what_is_not_promoted_anyhow_is_not_measured(project, embedded):
    learned(project)
    Project.objects.filter(pk=project.pk).update(noise_bound=0.0)
    Label.objects.filter(sample__role="pool").update(quality=0.55)
    run, _ = learned(project)
    model = ModelVersion.objects.get(run=run)
    assert (model.state, model.reports.count()) == (ModelVersion.State.REJECTED, 0)


@pytest.fixture
def model(project, tmp_path, settings):
    settings.ARTIFACT_ROOT = f"file://{tmp_path / 'artifacts'}"
    return make_trained(project, tmp_path / "pictures", size=180)


def make_foreign(model, samples):
    """As if it had learned from nothing like them."""
    path = shard_address(model.project.shards.get(), ShardArtifact.Kind.EMBEDDINGS, model.backbone.key)
    path = path.removeprefix("file://")
    embeddings = np.load(path)
    embeddings[[one.row for one in samples]] *= -1
    np.save(path, embeddings)


def test_what_is_foreign_is_set_aside_and_the_control_is_not(project, model):
    free = list(project.samples.filter(role="pool").order_by("pk")[:60])
    Label.objects.filter(sample__in=free).delete()
    model.run.snapshot = take_snapshot(project=project)
    Label.objects.filter(sample__role="pool").delete()
    # Known is what the version learned from, whatever became of the labels since.
    assert len(foreign_of(model).known) == 60
    assert model.project.foreign_share == 0.001
    chosen, by_id = [choice(one) for one in free], {one.pk: one for one in free}
    assert set_foreign_aside(model, chosen) == set()
    odd = [free[0], free[1]]
    make_foreign(model, odd)
    asked = [choice(odd[0]), choice(odd[1], strategy="uniform"), *chosen[2:]]
    assert set_foreign_aside(model, asked) == {odd[0].pk}
    aside = SetAside.objects.get()
    assert (aside.sample_id, aside.why, aside.model_number) == (odd[0].pk, "foreign", 1)
    assert aside.score > aside.threshold
    assert odd[0] not in project.samples.candidates()
    assert odd[1] in project.samples.candidates()
    assert set_foreign_aside(model, asked) == set()
    SetAside.objects.all().delete()
    # Another is chosen instead, and what was passed over is not there to be chosen from again.
    ids = np.array([one.pk for one in free])
    left, instead = none_foreign(
        model, Candidates(ids), lambda candidates: [choice(by_id[pk]) for pk in candidates.ids[:10].tolist()]
    )
    assert [one.sample_id for one in instead] == ids[2:12].tolist()
    assert left.ids.tolist() == ids[2:].tolist()
    assert SetAside.objects.count() == 2
    Project.objects.filter(pk=project.pk).update(foreign_share=0)
    SetAside.objects.all().delete()
    assert set_foreign_aside(ModelVersion.objects.get(pk=model.pk), asked) == set()


def test_a_round_is_filled_with_nothing_foreign_and_with_what_is_wanted_first(project, model, owner):
    know(project, 1)
    Project.objects.filter(pk=project.pk).update(honeypot_share=0, blind_share=0)
    free = list(project.samples.filter(role="pool").order_by("pk")[:60])
    Label.objects.filter(sample__in=free).delete()
    foreign_of(model)
    foreign = {one.pk for one in free[:35]}
    make_foreign(model, free[:35])
    enqueue_scoring(model=model, shard=project.shards.get())
    work(project, Job.Kind.SCORE_SHARD)
    want_first(project=project, sample_ids=[free[-1].pk], reason="Wanted.", by=owner)
    opened = open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=20, model_number=model.number)
    work(project, Job.Kind.FILL_ROUND)
    items = list(opened.items.order_by("rank"))
    assert len(items) == 20
    assert (items[0].strategy, items[0].sample_id) == (ASKED_FIRST, free[-1].pk)
    assert sum(items[0].probabilities) == pytest.approx(1)
    assert not foreign & {one.sample_id for one in items if one.strategy != CONTROL_STRATEGY}
    assert set(SetAside.objects.values_list("sample_id", flat=True)) <= foreign
    assert SetAside.objects.exists()
