"""The loop takes one step at a time, whatever state it finds, and never the same one twice."""

from decimal import Decimal

import pytest

from heedful.acquisition.models import QueryRound
from heedful.acquisition.services import fill_round, open_round
from heedful.core.errors import Conflict, NoNewLabels, RunInProgress
from heedful.jobs.models import Job
from heedful.pool.artifacts import record
from heedful.pool.models import Sample, ShardArtifact
from heedful.registry.models import Backbone, ModelVersion, TrainingRun
from heedful.registry.services import TrainedModel, record_model, run_failed, run_started, start_run
from heedful.triggers.loop import Step, advance, look
from heedful.triggers.services import evaluate_rules, train_now
from tests.factories import chosen, hear, make_pool, queue

QUICK, DEEP = TrainingRun.Kind.QUICK, TrainingRun.Kind.DEEP


@pytest.fixture
def backbone(db) -> Backbone:
    return Backbone.objects.create(
        key="lite0-abc", name="efficientnet-lite0", base="efficientnet-lite0", address="", checkpoint_address=""
    )


def embed(project, backbone) -> None:
    for shard in project.shards.all():
        record(shard, ShardArtifact.Kind.EMBEDDINGS, backbone.key)


@pytest.fixture
def gold(project, pool, backbone) -> list[Sample]:
    """A pool that is embedded, with five gold samples, all labeled."""
    embed(project, backbone)
    Sample.objects.filter(pk__in=[one.pk for one in pool[:5]]).update(role=Sample.Role.GOLD)
    for number, item in enumerate(queue(project, pool[:5], QueryRound.Kind.GOLD)):
        hear(item, "defective" if number == 0 else "good")
    return pool[:5]


@pytest.fixture
def labeled(project, pool, gold) -> list[Sample]:
    """Twenty labels of both classes: the rule is due."""
    for number, item in enumerate(queue(project, pool[5:25])):
        hear(item, "defective" if number % 4 == 0 else "good")
    return pool[5:25]


def train(project, kind):
    return train_now(project=project, kind=kind, by=project.memberships.get().user)


def jobs(kind: Job.Kind) -> int:
    return Job.objects.filter(kind=kind).count()


def trained(backbone, *, promote: bool, against: int | None) -> TrainedModel:
    interval = {"value": 0.5, "low": 0.4, "high": 0.6}
    return TrainedModel(
        backbone=backbone,
        graph_address="file:///model.onnx",
        head_address="file:///model.npz",
        content_hash=f"hash-{against}",
        parity=0.0,
        report={},
        metrics={
            "expected_cost": interval,
            "calibration_error": interval,
            "average_precision": [interval] * 2,
            "recall": [interval] * 2,
        },
        control=None,
        gold_hash="gold",
        gold_size=5,
        verdict={"promote": promote, "sentences": [], "probability_cheaper": 0.9, "cost_difference": interval},
        against=against,
    )


def test_an_empty_project_waits_for_pictures(project):
    assert advance(project_id=project.pk) == Step.IMPORT
    assert not Job.objects.exists()


def test_a_pool_is_embedded_shard_by_shard_each_once(project, pool, backbone):
    assert advance(project_id=project.pk) == advance(project_id=project.pk) == Step.EMBEDDING
    assert jobs(Job.Kind.EMBED_SHARD) == 1


def test_gold_is_drawn_before_anything_is_learned(project, pool, backbone):
    embed(project, backbone)
    assert advance(project_id=project.pk) == Step.OPENING
    opened = project.rounds.get()
    assert (opened.kind, opened.size) == ("gold", project.gold_size)
    assert look(project) == Step.FILLING


def test_after_gold_the_first_query_round_opens_without_a_model(project, gold):
    assert advance(project_id=project.pk) == Step.OPENING
    opened = project.rounds.get(kind=QueryRound.Kind.QUERY)
    assert opened.model_number is None
    assert advance(project_id=project.pk) == Step.FILLING
    assert project.rounds.count() == 2


def test_a_due_rule_trains_before_the_next_round_opens(project, labeled):
    assert advance(project_id=project.pk) == Step.TRAINING_DUE
    assert advance(project_id=project.pk) == Step.TRAINING
    assert (jobs(Job.Kind.TRAIN_HEAD), project.runs.count()) == (1, 1)
    assert project.rounds.exclude(state="closed").count() == 0


def test_labels_of_one_class_only_do_not_hold_the_loop_up(project, pool, gold):
    for item in queue(project, pool[5:27]):
        hear(item, "good")
    assert advance(project_id=project.pk) == Step.OPENING
    assert not project.runs.exists()
    with pytest.raises(Conflict, match="labeled defective"):
        start_run(project_id=project.pk, kind=QUICK, reason="test")


def test_gold_labels_are_never_in_a_snapshot(project, labeled):
    run = train(project, QUICK)
    assert run.snapshot.count == len(labeled)


def test_one_run_at_a_time(project, labeled):
    train(project, QUICK)
    with pytest.raises(RunInProgress):
        train(project, DEEP)
    assert evaluate_rules(project) is None


def test_never_two_runs_for_the_same_labels(project, labeled, backbone):
    run = train(project, QUICK)
    record_model(run_id=run.pk, trained=trained(backbone, promote=True, against=None))
    with pytest.raises(NoNewLabels):
        train(project, QUICK)
    assert evaluate_rules(project) is None


def test_a_new_version_is_looked_into(project, labeled, backbone):
    first = record_model(run_id=train(project, QUICK).pk, trained=trained(backbone, promote=True, against=None))
    assert (jobs(Job.Kind.MEASURE_ATTENTION), jobs(Job.Kind.COMPARE_VERSIONS)) == (1, 0)
    record_model(run_id=train(project, DEEP).pk, trained=trained(backbone, promote=False, against=first.number))
    assert (jobs(Job.Kind.MEASURE_ATTENTION), jobs(Job.Kind.COMPARE_VERSIONS)) == (2, 1)
    assert Job.objects.get(kind=Job.Kind.COMPARE_VERSIONS).arguments["of"] == "1"


def test_a_failed_runs_labels_may_be_used_again(project, labeled):
    run = train(project, QUICK)
    run_failed(run_id=run.pk, error="parity")
    assert train(project, QUICK).pk != run.pk
    with pytest.raises(RunInProgress):
        run_started(run_id=run.pk)


def test_a_promoted_version_scores_the_pool_and_then_asks(project, labeled, backbone):
    run = train(project, QUICK)
    model = record_model(run_id=run.pk, trained=trained(backbone, promote=True, against=None))
    assert advance(project_id=project.pk) == Step.SCORING
    for shard in project.shards.all():
        record(shard, ShardArtifact.Kind.SCORES, model.producer)
    assert advance(project_id=project.pk) == Step.OPENING
    assert project.rounds.get(state="filling").model_number == model.number


def test_a_rejected_version_leaves_the_champion_in_place(project, labeled, backbone):
    first = record_model(
        run_id=train(project, QUICK).pk,
        trained=trained(backbone, promote=True, against=None),
    )
    second = record_model(
        run_id=train(project, DEEP).pk,
        trained=trained(backbone, promote=False, against=first.number),
    )
    first.refresh_from_db()
    assert (first.state, second.state) == (ModelVersion.State.CHAMPION, ModelVersion.State.REJECTED)


def test_each_verdict_is_told(project, labeled, backbone):
    for kind, promote, against in ((QUICK, True, None), (DEEP, False, 1)):
        run = train(project, kind)
        record_model(run_id=run.pk, trained=trained(backbone, promote=promote, against=against))
    told = project.notifications.filter(kind="run_finished").order_by("pk").values_list("sentence", flat=True)
    assert list(told) == ["Version 1 is the new champion.", "Version 2 was not promoted."]


def test_a_verdict_against_a_champion_that_is_no_more_is_not_recorded(project, labeled, backbone):
    run = train(project, QUICK)
    with pytest.raises(Conflict, match="champion changed"):
        record_model(run_id=run.pk, trained=trained(backbone, promote=True, against=7))
    assert not ModelVersion.objects.exists()


def test_recording_a_run_twice_makes_one_version(project, labeled, backbone):
    run = train(project, QUICK)
    versions = {record_model(run_id=run.pk, trained=trained(backbone, promote=True, against=None)).pk for _ in range(2)}
    assert len(versions) == 1


def test_a_deep_run_embeds_the_pool_under_its_own_backbone_before_it_is_judged(project, labeled):
    run = train(project, DEEP)
    assert (jobs(Job.Kind.FINE_TUNE), jobs(Job.Kind.TRAIN_HEAD)) == (1, 0)
    tuned = Backbone.objects.create(
        key="tuned", name="tuned", base="efficientnet-lite0", address="", checkpoint_address="", run=run
    )
    assert advance(project_id=project.pk) == Step.RE_EMBEDDING
    embed(project, tuned)
    assert advance(project_id=project.pk) == Step.TRAINING
    assert jobs(Job.Kind.TRAIN_HEAD) == 1


def test_a_paused_loop_asks_nothing_new(project, gold):
    project.autopilot = False
    project.save()
    assert advance(project_id=project.pk) == Step.PAUSED
    assert project.rounds.count() == 1


def test_the_loop_stops_when_the_budget_buys_no_more(project, gold):
    project.budget.refresh_from_db()
    project.budget.limit = project.budget.spent + Decimal("0.5")
    project.budget.save()
    assert advance(project_id=project.pk) == Step.BUDGET_EXHAUSTED


def test_a_round_is_cut_to_what_the_budget_buys(project, gold):
    project.budget.refresh_from_db()
    project.budget.limit = project.budget.spent + 3
    project.budget.save()
    advance(project_id=project.pk)
    assert project.rounds.get(state="filling").size == 3


def test_gold_that_came_later_is_asked_about_before_the_next_query(project, pool, gold, backbone):
    late = make_pool(project, size=2)[0]
    embed(project, backbone)
    Sample.objects.filter(pk=late.pk).update(role=Sample.Role.GOLD)
    assert advance(project_id=project.pk) == Step.OPENING
    opened = project.rounds.get(state="filling")
    assert (opened.kind, opened.size) == ("gold", 1)


def test_a_round_that_the_money_no_longer_covers_shrinks_and_does_not_get_stuck(project, pool):
    opened = open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=5, model_number=None)
    project.budget.limit = 2
    project.budget.save()
    fill_round(round_id=opened.pk, strategy="by hand", choices=[chosen(one) for one in pool[:5]])
    assert opened.items.count() == 2
    project.budget.refresh_from_db()
    assert project.budget.reserved == 2
