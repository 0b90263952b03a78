"""What fools a challenger keeps it from serving where the project says so; what is foreign is not paid for."""

import numpy as np

from heedful.pool.artifacts import shard_address
from heedful.pool.models import SetAside, ShardArtifact
from heedful.projects.models import Project
from heedful.quality.models import Label
from heedful.quality.services import take_snapshot
from heedful.registry.models import ModelReport, ModelVersion
from ml.strategies.candidates import Candidates
from ml.strategies.selection import Choice
from ml.strategies.strategy import Explanation
from tests.trained import make_trained
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


def test_what_is_foreign_is_set_aside_and_the_control_is_not(project, tmp_path):
    model = make_trained(project, tmp_path / "pictures", size=180)
    free = list(project.samples.filter(role="pool").order_by("pk")[:60])
    Label.objects.filter(sample__in=free).delete()
    model.run.snapshot = take_snapshot(project=project)
    guard = foreign_of(model)
    assert guard.passing == 0.999
    chosen, by_id = [choice(one) for one in free], {one.pk: one for one in free}
    assert set_foreign_aside(model, chosen) == set()
    # As if the version had learned from nothing like them.
    odd = [free[0], free[1]]
    shard = project.shards.get()
    path = shard_address(shard, ShardArtifact.Kind.EMBEDDINGS, model.backbone.key).removeprefix("file://")
    embeddings = np.load(path)
    embeddings[[one.row for one in odd]] = -embeddings[[one.row for one in odd]]
    np.save(path, embeddings)
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
