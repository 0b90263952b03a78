"""A backbone of one's own on its way to be one of ours: run by a job, then chosen, embedded under and trained on."""

import re
import sys
import tomllib
from importlib.metadata import EntryPoint, EntryPoints
from io import BytesIO
from pathlib import Path
from types import ModuleType

import numpy as np
import onnx
import pytest
import torch

from heedful.core import artifacts
from heedful.core.errors import Conflict
from heedful.jobs.models import Job
from heedful.pool.models import Sample
from heedful.registry import zoo
from heedful.registry.backbones import change_backbone
from heedful.registry.models import Backbone, OwnBackbone, TrainingRun
from heedful.registry.services import start_run
from heedful.registry.zoo import Declared, add_file, add_package, backbones_of, remove_backbone
from heedful.triggers.loop import advance
from heedful.triggers.services import evaluate_rules
from ml.backbones import catalogue
from ml.inference.session import open_session
from tests.factories import hear, make_pool, queue, write_picture
from tests.training import rule
from tests.workers.champions import WIDTH, work, write_graph
from workers.files import source
from workers.runner import run_job

EXTEND = Path(__file__).parents[2] / "docs" / "extend.md"


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """The package of docs/extend.md."""
    blocks = re.findall(r"```(python|toml)\n(.*?)```", EXTEND.read_text(), flags=re.DOTALL)
    [code] = [block for _, block in blocks if block.startswith("# our_backbones.py")]
    [declared] = [block for _, block in blocks if block.startswith('[project.entry-points."heedful.backbones"]')]
    module = ModuleType("our_backbones")
    exec(code.replace("/srv/panel-net.pt", str(tmp_path / "panel-net.pt")), module.__dict__)
    torch.save(module.PanelNet().state_dict(), tmp_path / "panel-net.pt")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    group, named = tomllib.loads(declared)["project"]["entry-points"].popitem()
    points = EntryPoints(EntryPoint(name, value, group) for name, value in named.items())
    for reader in (catalogue, zoo):
        monkeypatch.setattr(reader, "entry_points", lambda group: points.select(group=group))
    catalogue.find.cache_clear()
    yield
    catalogue.find.cache_clear()


@pytest.fixture
def file(tmp_path):
    """As a stranger's: a graph that says nothing of us."""
    write_graph(tmp_path / "ours.onnx")
    model = onnx.load(tmp_path / "ours.onnx")
    del model.metadata_props[:], model.graph.output[:1]
    return model.SerializeToString()


def bring(project, content, width=WIDTH):
    declared = Declared("our-net", "our own", "our panels", 64, [0.5] * 3, [0.5] * 3, width)
    own = add_file(project=project, declared=declared, content=BytesIO(content), by=None)
    run_job.apply(kwargs={"job_id": Job.objects.filter(kind=Job.Kind.CHECK_BACKBONE).latest("pk").pk})
    own.refresh_from_db()
    return own


def test_a_file_that_keeps_its_declaration_is_one_of_the_project_s_backbones(project, file):
    own = bring(project, file)
    assert (own.state, own.error) == (OwnBackbone.State.READY, "")
    assert own.parameters == pytest.approx(WIDTH * 3 * 32 * 32 / 1e6)
    assert backbones_of(project)[-1].name == "our-net"
    exported = Backbone.objects.get(name="our-net")
    assert exported.speed["per_second"] > 0
    assert open_session(source(exported.address), threads=1).embedding_width == WIDTH


def test_one_that_does_not_is_refused_with_the_field_and_can_be_brought_again(project, file):
    own = bring(project, file, width=7)
    assert own.state == OwnBackbone.State.REFUSED
    assert own.error == f"embedding_width: you declared 7, the file gives {WIDTH}: declare that."
    assert not Backbone.objects.exists()
    assert bring(project, file).state == OwnBackbone.State.READY
    assert OwnBackbone.objects.count() == 1


def test_a_model_is_trained_on_it_where_deep_runs_are_refused_and_a_rule_s_are_quick(project, file, tmp_path):
    own = bring(project, file)
    change_backbone(project=project, name="our-net", by=None)
    samples = make_pool(project, size=24)
    for number, sample in enumerate(samples):
        shade = 60 + number + 120 * (number % 3 == 0)
        sample.address = write_picture(tmp_path / sample.name, color=(shade, shade, shade)).as_uri()
        sample.role = Sample.Role.GOLD if number < 9 else Sample.Role.POOL
    Sample.objects.bulk_update(samples, ["address", "role"])
    project.rules.all().delete()
    for number, item in enumerate(queue(project, samples)):
        hear(item, "good" if number % 3 else "defective")
    project.refresh_from_db()
    advance(project_id=project.pk)
    work(project, Job.Kind.EMBED_SHARD)
    with pytest.raises(Conflict, match="holds no code to learn with"):
        start_run(project_id=project.pk, kind=TrainingRun.Kind.DEEP, reason="")
    rule(project, "label_count", run_kind="deep", labels=1)
    assert evaluate_rules(project).kind == TrainingRun.Kind.QUICK
    work(project, Job.Kind.TRAIN_HEAD)
    model = project.models.get()
    assert (model.backbone.name, model.parity < 1e-3) == ("our-net", True)
    session = open_session(source(model.graph_address), threads=1)
    said = session.run(np.zeros((2, 3, 64, 64), np.float32), ("probabilities",))["probabilities"]
    assert said.shape == (2, 2)
    with pytest.raises(Conflict, match="choose another first"):
        remove_backbone(own=OwnBackbone.objects.get(pk=own.pk), by=None)


def test_one_that_nobody_uses_is_removed_with_its_file(project, file, django_capture_on_commit_callbacks):
    own = bring(project, file)
    assert artifacts.exists(own.source)
    with django_capture_on_commit_callbacks(execute=True):
        remove_backbone(own=own, by=None)
    assert not artifacts.exists(own.source)
    assert not Backbone.objects.exists()


def test_the_package_of_the_guide_brings_one_by_its_entry_point(project, installed):
    own = add_package(project=project, name="panel-net", by=None)
    work(project, Job.Kind.CHECK_BACKBONE)
    own.refresh_from_db()
    assert own.state == OwnBackbone.State.READY
    assert (own.licence, own.origin, own.size) == ("our own", "trained on our panels", 224)
    assert Backbone.objects.get(name="panel-net").checkpoint_address
    assert zoo.ENTRY_POINTS == catalogue.ENTRY_POINTS
