"""Smaller forms of a version: made by a job in real ONNX Runtime, judged on gold beside the full one."""

import pytest

from heedful.core import artifacts
from heedful.core.errors import Conflict, NotFound
from heedful.jobs.models import Job
from heedful.pool.models import Sample
from heedful.quality.models import Label
from heedful.registry.bounds import foreign_address
from heedful.registry.models import ModelVariant
from heedful.registry.variants import request_variants, steps_of
from ml.backbones.catalogue import BACKBONES, BackboneSpec, find
from ml.forms import making
from ml.inference.preprocessing import Preprocessing
from ml.inference.session import open_session
from tests.ml.conftest import SMALL, SmallBackbone
from tests.trained import GOLD, make_trained
from workers.files import source
from workers.runner import run_job
from workers.running import RunningJob
from workers.tasks.shrink import make_smaller


@pytest.fixture
def model(project, tmp_path):
    return make_trained(project, tmp_path / "pictures")


@pytest.fixture
def student(monkeypatch):
    """The small backbone on smaller pictures, into which models on the small backbone are distilled."""

    def spec(preprocessing, student=None):
        return BackboneSpec(
            "small", "made by the tests", "", 24, preprocessing, lambda: SmallBackbone().eval(), student
        )

    monkeypatch.setitem(BACKBONES, "small", spec(SMALL, spec(Preprocessing(size=32, mean=0.5, std=0.5))))
    # It keeps what other tests called by that name.
    find.cache_clear()
    yield
    find.cache_clear()


def make(model, hour_price=0):
    job = request_variants(model=model, hour_price=hour_price)
    run_job.apply(kwargs={"job_id": job.pk})
    job.refresh_from_db()
    return job


def put(model, kind, *, passed=True, threshold=None):
    """As if it had been made."""
    report = {"sentences": ["Too dear."], "cheap": "int8"}
    return model.variants.create(
        kind=kind, passed=passed, threshold=threshold, graph_address="file:///int8.onnx", size_bytes=1, report=report
    )


def test_each_form_is_measured_and_judged_beside_the_full_one(model):
    job = make(model)
    assert (job.state, job.error) == (Job.State.DONE, "")
    made = {one.kind: one for one in model.variants.all()}
    assert set(made) == {"full", "fp16", "int8", "cascade"}
    for one in made.values():
        report = one.report
        assert report["speed"]["latency_ms"] > 0
        assert report["speed"]["per_second"] > 0
        assert report["gold_size"] == GOLD
        assert 0 <= report["expected_cost"]["low"] <= report["expected_cost"]["value"]
        assert report["sentences"][-1] == ("Passed." if one.passed else "Refused.")
    full = made["full"]
    assert (full.passed, full.report["agreement"], full.report["cost_difference"]["value"]) == (True, 1, 0)
    assert made["fp16"].passed
    assert made["int8"].size_bytes < full.size_bytes
    assert made["fp16"].size_bytes < full.size_bytes
    (step,) = steps_of(model, "fp16")
    assert open_session(source(step.address), threads=1).classes == ("good", "defective")
    assert model.content_hash not in step.address
    # Each tells apart what is foreign to it.
    for one in model.variants.filter(passed=True).exclude(kind="full"):
        assert artifacts.exists(foreign_address(model.project, one.graph_address))


def test_a_model_is_distilled_into_a_smaller_backbone(model, student):
    job = request_variants(model=model, hour_price=0, distil=True)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, lease_until=Job.new_lease())
    make_smaller(RunningJob(Job.objects.get(pk=job.pk)))
    made = {one.kind: one for one in model.variants.all()}
    assert set(made) == {"full", "fp16", "int8", "distilled", "distilled_int8", "cascade"}
    distilled, rounded = made["distilled"], made["distilled_int8"]
    # Sixty are gold, sixty are compared on, and the others teach.
    assert "32 × 32 pixels that learned from what the full model says of 60 pictures" in distilled.report["recipe"]
    assert distilled.report["gold_size"] == GOLD
    assert rounded.size_bytes < distilled.size_bytes
    assert made["cascade"].report["cheap"] in {"int8", "distilled", "distilled_int8"}
    small = open_session(source(distilled.graph_address), threads=1)
    assert (small.preprocessing.size, small.classes) == (32, ("good", "defective"))
    # Nothing is left to go on from.
    assert not artifacts.exists(artifacts.url("checkpoints", str(model.project_id), f"student-{model.pk}.pt"))


def test_the_workers_make_the_forms_that_the_registry_knows():
    made = {making.FULL, making.FP16, making.INT8, making.DISTILLED, making.DISTILLED_INT8, making.CASCADE}
    assert made == set(ModelVariant.Kind.values)


def test_a_cascade_asks_the_full_model_last(model):
    variant = put(model, "cascade", threshold=3.0)
    cheap, full = steps_of(model, "cascade")
    assert (cheap.kind, cheap.address, cheap.threshold) == ("int8", variant.graph_address, 3.0)
    assert (full.kind, full.address, full.threshold) == ("full", model.graph_address, None)


def test_the_dearer_time_is_the_less_the_full_model_is_asked_and_what_was_made_before_gives_way(model):
    made = []
    for hour_price in (0, 10**9):
        make(model, hour_price)
        made.append({one.kind: one for one in model.variants.all()})
    before, after = made
    assert after["cascade"].report["share"] == 0
    assert before["cascade"].report["share"] >= 0
    assert {one.pk for one in before.values()}.isdisjoint(one.pk for one in after.values())
    # The same pictures, drawn by the run's seed.
    for field in ("agreement", "expected_cost"):
        assert before["int8"].report[field] == after["int8"].report[field]


def test_a_refused_form_says_why_and_is_not_served(model):
    put(model, "int8", passed=False)
    with pytest.raises(Conflict, match=r"was refused\. Too dear\."):
        steps_of(model, "int8")


def test_a_form_that_was_never_made_is_not_served(model):
    assert steps_of(model, "full")[0].address == model.graph_address
    with pytest.raises(NotFound, match="make its smaller models first"):
        steps_of(model, "int8")


def test_a_picture_that_is_gone_ends_the_job_with_its_name(model, project):
    lost = project.samples.filter(role=Sample.Role.GOLD).first()
    lost.address = "file:///nowhere/lost.png"
    lost.save()
    job = make(model)
    assert job.state in (Job.State.FAILED, Job.State.QUEUED)
    assert "lost.png" in job.error
    assert not model.variants.exists()


def test_too_small_a_pool_or_no_gold_labels_are_refused_at_once(model, project):
    gold = project.samples.gold()
    Label.objects.filter(sample__in=gold).delete()
    with pytest.raises(Conflict, match="gold set has no labels"):
        request_variants(model=model, hour_price=0)
    keep = list(project.samples.filter(role=Sample.Role.POOL).values_list("pk", flat=True)[:40])
    project.samples.filter(role=Sample.Role.POOL).exclude(pk__in=keep).update(role=Sample.Role.GOLD)
    with pytest.raises(Conflict, match="at least 48"):
        request_variants(model=model, hour_price=0)
    assert not Job.objects.filter(kind=Job.Kind.SHRINK_MODEL).exists()


def test_a_failed_making_does_not_hold_up_the_loop(model):
    from heedful.triggers.endings import blocking_jobs

    job = request_variants(model=model, hour_price=0)
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED)
    assert not blocking_jobs(model.project_id).exists()
    again = request_variants(model=model, hour_price=0)
    assert again.state == Job.State.QUEUED
