"""Which backbone suits a pool: real heads on real graphs, and a champion that serves while another is chosen."""

import pytest

from heedful.acquisition.models import QueryRound
from heedful.core.errors import Conflict, InvalidInput, RunInProgress
from heedful.jobs.models import Job
from heedful.pool.artifacts import record
from heedful.pool.models import Sample, ShardArtifact
from heedful.projects.backbones import BACKBONES
from heedful.projects.models import Project
from heedful.registry.backbones import backbone_of_run, change_backbone, serving_backbone, switch_of
from heedful.registry.comparison import advice_sentence, missing_labels, request_comparison
from heedful.registry.models import Backbone, BackboneComparison, TrainingRun
from heedful.registry.services import start_run
from heedful.registry.terms import terms_now
from heedful.triggers.loop import Step, advance
from heedful.triggers.services import evaluate_rules
from tests.factories import hear, make_pool, queue, write_picture
from tests.training import finished
from tests.workers.champions import work, write_graph

USED, OTHER, BROKEN, *_ = BACKBONES


def export(name, address):
    return Backbone.objects.create(key=name, name=name, base=name, address=address, checkpoint_address="")


@pytest.fixture
def pictured(project, tmp_path):
    """Forty samples that experts labeled; the defective ones are bright. Two backbones work, the others are broken."""
    samples = make_pool(project, size=40)
    for number, sample in enumerate(samples):
        shade = 40 + 3 * number % 60 + 100 * (number % 3 == 0)
        sample.address = write_picture(tmp_path / sample.name, color=(shade, shade, shade)).as_uri()
    Sample.objects.bulk_update(samples, ["address"])
    for number, item in enumerate(queue(project, samples)):
        hear(item, "good" if number % 3 else "defective")
    graph = write_graph(tmp_path / "small.onnx")
    (tmp_path / "broken.onnx").write_bytes(b"no graph")
    for name in BACKBONES:
        export(name, graph if name in (USED, OTHER) else (tmp_path / "broken.onnx").as_uri())
    return project


def test_every_backbone_is_tried_on_the_labels_at_hand_and_measured(pictured):
    request_comparison(project=pictured)
    work(pictured, Job.Kind.COMPARE_BACKBONES)
    body = BackboneComparison.objects.get(project=pictured).body
    assert (body["labels"], body["of"], body["focus"], body["current"]) == (40, 40, "defective", USED)
    used, other = body["rows"]
    assert used["difference"] is None
    assert other["difference"]["value"] == 0  # The very same graph.
    assert used["expected_cost"] == other["expected_cost"]
    # The classes differ in brightness alone, which the mean of a convolution tells: nearly all are ranked rightly.
    assert used["average_precision"]["value"] > 0.9
    assert body["choose"] == USED
    assert advice_sentence(body, "USD").startswith(f"No difference beyond the interval: keep {USED}")
    assert {one["name"] for one in body["left_out"]} == BACKBONES.keys() - {USED, OTHER}
    speed = Backbone.objects.get(name=USED).speed
    assert speed["per_second"] > 0
    assert speed["latency_ms"] > 0
    assert Backbone.objects.get(name=BROKEN).speed is None


def test_too_few_labels_say_how_many_are_needed(ready):
    assert missing_labels(ready) == ["4 more of defective"]
    with pytest.raises(Conflict, match="label 4 more of defective"):
        request_comparison(project=ready)


def row(name, difference, per_second):
    bounds = difference and dict(zip(("low", "value", "high"), difference, strict=True))
    return {"name": name, "difference": bounds, "per_second": per_second}


@pytest.mark.parametrize(
    ("choose", "rows", "sentence"),
    [
        (
            "b",
            [row("a", None, 90), row("b", (-0.5, -0.3, -0.1), 60)],
            "Choose b: it costs 300.00 USD less per 1,000 samples (100.00 USD to 500.00 USD) than a, at 60 pictures a"
            " second instead of 90.",
        ),
        (
            "a",
            [row("a", None, 90), row("b", (-0.1, 0.1, 0.2), 60)],
            "No difference beyond the interval: keep a, the fastest.",
        ),
        (
            "a",
            [row("a", None, 60), row("b", (-0.1, 0.1, 0.2), 90)],
            "No difference beyond the interval: keep a. b is 1.5 times as fast, and no dearer as far as 40 labels can"
            " tell.",
        ),
        (
            "a",
            [row("a", None, 60), row("b", (0.1, 0.2, 0.3), 90)],
            "Keep a: every other one costs more, beyond the interval.",
        ),
        ("a", [row("a", None, 60)], "Keep a: no other backbone could be tried."),
    ],
)
def test_what_follows_is_said_with_its_interval(choose, rows, sentence):
    assert advice_sentence({"rows": rows, "current": "a", "choose": choose, "labels": 40}, "USD") == sentence


@pytest.fixture
def served(ready):
    """A project whose champion stands on the backbone in use, and that has chosen another."""
    champion = finished(start_run(project_id=ready.pk, kind=TrainingRun.Kind.QUICK, reason=""), cost=1.0)
    change_backbone(project=ready, name=OTHER, by=None)
    ready.refresh_from_db()
    return ready, champion


def embed(project, backbone):
    for shard in project.shards.all():
        record(shard, ShardArtifact.Kind.EMBEDDINGS, backbone.key)


def test_the_champion_serves_while_the_pool_is_embedded_under_the_chosen_one(served):
    project, champion = served
    record(project.shards.get(), ShardArtifact.Kind.SCORES, champion.producer)
    assert advance(project_id=project.pk) not in (Step.EXPORTING, Step.EMBEDDING)
    assert Job.objects.get(kind=Job.Kind.EXPORT_BACKBONE).arguments["name"] == OTHER
    chosen = export(OTHER, "")
    advance(project_id=project.pk)
    assert Job.objects.get(kind=Job.Kind.EMBED_SHARD).arguments["backbone_id"] == chosen.pk
    assert serving_backbone(project) == champion.backbone
    switch = switch_of(project)
    assert (switch.name, switch.embedded, switch.samples) == (OTHER, 0, 60)
    with pytest.raises(Conflict, match=f"embedded under {OTHER}.*: 0 of 60 samples"):
        start_run(project_id=project.pk, kind=TrainingRun.Kind.QUICK, reason="")


def test_once_embedded_one_run_tries_it_on_the_same_labels_and_no_second(served):
    project, champion = served
    chosen = export(OTHER, "")
    embed(project, chosen)
    assert advance(project_id=project.pk) == Step.TRAINING_DUE
    run = project.runs.get(state=TrainingRun.State.WAITING)
    assert (run.snapshot, run.reason) == (champion.run.snapshot, f"{OTHER} was chosen as the backbone.")
    assert backbone_of_run(run) == chosen
    with pytest.raises(RunInProgress):
        change_backbone(project=project, name=USED, by=None)
    rejected = finished(run, cost=2.0, promote=False)
    rejected.backbone = chosen
    rejected.save()
    assert evaluate_rules(project) is None
    assert serving_backbone(project) == champion.backbone


def test_with_the_promotion_both_are_the_same_again_and_another_change_is_tried_again(served):
    project, _ = served
    chosen = export(OTHER, "")
    embed(project, chosen)
    model = finished(evaluate_rules(project), cost=0.5)
    model.backbone = chosen
    model.save()
    assert switch_of(project) is None
    assert terms_now(project) == {}
    assert evaluate_rules(project) is None
    change_backbone(project=project, name=USED, by=None)
    assert evaluate_rules(Project.objects.get(pk=project.pk)).terms["backbone"] == USED


def test_an_import_is_embedded_under_both(served):
    project, champion = served
    chosen = export(OTHER, "")
    embed(project, chosen)
    make_pool(project, size=5)
    assert advance(project_id=project.pk) == Step.EMBEDDING
    embed(project, champion.backbone)
    advance(project_id=project.pk)
    embedded = {one.arguments["backbone_id"] for one in Job.objects.filter(kind=Job.Kind.EMBED_SHARD)}
    assert embedded == {champion.backbone.pk, chosen.pk}


def test_a_change_waits_for_a_first_round_that_is_being_chosen(ready):
    project = ready
    project.rounds.update(state=QueryRound.State.CLOSED)
    project.rounds.create(
        number=9, kind=QueryRound.Kind.QUERY, state=QueryRound.State.FILLING, size=3, strategy="", model_number=None
    )
    with pytest.raises(Conflict, match="being chosen"):
        change_backbone(project=project, name=OTHER, by=None)


def test_a_backbone_that_is_not_there_is_refused(ready):
    with pytest.raises(InvalidInput) as refused:
        change_backbone(project=ready, name="resnet-9000", by=None)
    assert refused.value.field == "backbone"
