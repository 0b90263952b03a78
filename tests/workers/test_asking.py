"""How a round asks is the project's choice: what works now, what it records, and what `auto` learns from."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.utils import timezone
from django.utils.module_loading import import_string

from heedful.acquisition.models import QueryRound, QueueItem
from heedful.acquisition.services import fill_round, mark_sent, open_round, round_sent
from heedful.core import artifacts
from heedful.jobs import services as jobs
from heedful.jobs.models import Job
from heedful.pool.artifacts import record, shard_address
from heedful.pool.models import ShardArtifact
from heedful.projects.models import Project
from heedful.projects.querying import checked_plan
from heedful.projects.recipes import recipes
from heedful.registry.models import ModelVersion, TrainingRun
from heedful.registry.outcomes import bought
from heedful.triggers.loop import Step, advance
from ml.heads import LinearHead
from ml.strategies.auto import ARMS, PRIORS
from ml.strategies.recipes import RECIPES
from tests.factories import chosen, hear, know, make_pool
from tests.registry.versions import make_version
from workers.runner import TASKS
from workers.running import RunningJob

WIDTH, SIZE = 6, 120
DEFECTIVE = 1


@pytest.fixture
def pool(project, settings, tmp_path):
    """Samples with embeddings, whose first number says which are defective."""
    settings.ARTIFACT_ROOT = f"file://{tmp_path / 'artifacts'}"
    Project.objects.filter(pk=project.pk).update(round_size=20, honeypot_share=0.0, blind_share=0.0)
    know(project, 1)
    return make_pool(project, size=SIZE)


def points():
    return np.random.default_rng(3).normal(size=(SIZE, WIDTH)).astype(np.float32)


def embed(project, backbone) -> None:
    shard = project.shards.get()
    with artifacts.staged(shard_address(shard, ShardArtifact.Kind.EMBEDDINGS, backbone.key)) as path:
        np.save(path, points())
    record(shard, ShardArtifact.Kind.EMBEDDINGS, backbone.key)


@pytest.fixture
def model(project, pool) -> ModelVersion:
    """A champion that has scored the pool."""
    version = make_version(project, spent=1, cost=1, labels=1)
    weights = np.zeros((2, WIDTH), np.float32)
    weights[DEFECTIVE, 0] = 2
    address = artifacts.url("heads", str(project.pk), "1.npz")
    with artifacts.staged(address) as path:
        LinearHead(weights, np.zeros(2, np.float32), 1.0).save(path)
    ModelVersion.objects.filter(pk=version.pk).update(head_address=address)
    embed(project, version.backbone)
    assert advance(project_id=project.pk) == Step.SCORING
    work(project, Job.Kind.SCORE_SHARD)
    return version


def work(project, kind) -> None:
    job = jobs.claim(Job.objects.claimable().filter(kind=kind, project_id=project.pk).latest("pk").pk)
    assert job
    running = RunningJob(job)
    import_string(TASKS[kind])(running)
    jobs.finish(job)


def label(project, samples, names, *, said=None) -> None:
    """A round about these samples that was answered so; `said`: what the model had said of them."""
    opened = open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=len(samples), model_number=None)
    choices = [replace(chosen(one), probabilities=said, slot="spread-margin") for one in samples]
    fill_round(round_id=opened.pk, strategy="by hand", choices=choices)
    mark_sent(item_ids=list(opened.items.values_list("pk", flat=True)))
    round_sent(round_id=opened.pk)
    for item, name in zip(opened.items.order_by("rank"), names, strict=True):
        hear(item, name)


def choose(project, plan, *, model_number=1) -> QueryRound:
    Project.objects.filter(pk=project.pk).update(query_plan=checked_plan(plan))
    opened = open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=20, model_number=model_number)
    work(project, Job.Kind.FILL_ROUND)
    opened.refresh_from_db()
    return opened


def one(name):
    return {"kind": "recipe", "parts": [{"recipe": name}]}


def slots_of(query_round):
    return dict.fromkeys(query_round.items.order_by("rank").values_list("slot", flat=True)).keys()


def test_the_page_names_the_recipes_that_there_are():
    own = {name: one for name, one in recipes().items() if not one.from_package}
    assert own.keys() == RECIPES.keys()
    assert len({one.title for one in own.values()}) == len(own)


def test_the_usual_way_is_recorded_with_its_shares(project, model):
    filled = choose(project, None)
    assert filled.plan["asked_by"] == {
        "kind": "usual",
        "slots": [{"slot": "spread-margin", "share": 0.45}, {"slot": "rare-class", "share": 0.45}],
    }
    assert filled.strategy == "45% margin then k-center, 45% rare-class, 10% random control"
    assert slots_of(filled) == {"spread-margin", "rare-class", "control"}


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_fills_a_round(project, pool, model, name):
    label(project, pool[:20], ["defective", "good"] * 10, said=[0.1, 0.9])
    filled = choose(project, one(name))
    assert filled.items.count() == 20
    assert slots_of(filled) == ({name, "control"} if name != "random" else {"control"})
    assert filled.plan["asked_by"]["left_out"] == []


def test_a_look_alike_names_the_false_positive_that_it_resembles(project, pool, model):
    label(project, pool[:20], ["defective", "good"] * 10, said=[0.1, 0.9])
    for item in choose(project, one("look-alike")).items.filter(slot="look-alike"):
        mistaken = item.neighbour
        assert mistaken.label.label_class.name == "good"
        assert f"it looks like “{mistaken.name}” (good, " in item.reason
        assert item.reason.endswith("which the model took for defective.")


def test_what_cannot_work_yet_leaves_its_places(project, pool, model):
    """Without a confirmed false positive nothing can look like one."""
    label(project, pool[:4], ["defective", "good"] * 2, said=[0.999, 0.001])
    parts = [{"recipe": "look-alike", "share": 60}, {"recipe": "margin", "share": 40}]
    filled = choose(project, {"kind": "mixture", "parts": parts})
    assert slots_of(filled) == {"margin", "control"}
    assert filled.plan["asked_by"] == {
        "kind": "mixture",
        "left_out": ["look-alike"],
        "slots": [{"slot": "margin", "share": 0.9}],
    }


@pytest.mark.parametrize(("others", "expected"), [([], "spread-margin"), ([{"recipe": "margin"}], "margin")])
def test_a_strategy_whose_package_is_gone_leaves_its_places(project, model, others, expected):
    Project.objects.filter(pk=project.pk).update(
        query_plan={"kind": "mixture", "parts": [{"recipe": "gone", "share": 0.5}, *(o | {"share": 1} for o in others)]}
    )
    opened = open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=20, model_number=1)
    work(project, Job.Kind.FILL_ROUND)
    opened.refresh_from_db()
    assert expected in slots_of(opened)
    assert opened.plan["asked_by"]["left_out"] == ["gone"]


def test_where_nothing_can_work_the_usual_way_does(project, pool, model):
    filled = choose(project, one("neighbours"))
    assert slots_of(filled) == {"spread-margin", "rare-class", "control"}
    assert filled.plan["asked_by"]["left_out"] == ["neighbours"]


@pytest.mark.parametrize(("name", "expected"), [("k-center", "k-center"), ("bald", "typicality")])
def test_a_cold_start_does_what_needs_no_model(project, pool, name, expected):
    version = make_version(project, spent=0, cost=1, labels=0, promoted=False)
    embed(project, version.backbone)
    assert slots_of(choose(project, one(name), model_number=None)) == {expected, "control"}


def test_auto_keeps_the_control_and_says_what_it_believes(project, pool, model):
    label(project, pool[:20], ["defective", "good"] * 10, said=[0.1, 0.9])
    filled = choose(project, {"kind": "auto"})
    asked_by = filled.plan["asked_by"]
    assert [arm["recipe"] for arm in asked_by["arms"]] == list(ARMS)
    assert {slot["slot"] for slot in asked_by["slots"]} <= set(ARMS)
    assert sum(slot["share"] for slot in asked_by["slots"]) == pytest.approx(0.9, abs=1e-3)
    assert filled.items.filter(slot="control").count() == 2


def test_auto_waits_with_arms_that_lack_their_evidence(project, pool, model):
    filled = choose(project, {"kind": "auto"})
    arms = {arm["recipe"] for arm in filled.plan["asked_by"]["arms"]}
    assert arms == {"spread-margin", "rare-class", "contrastive", "badge", "spread-cost"}


def test_what_a_round_bought_is_read_from_ledger_and_evaluations(project, pool, model):
    label(project, pool[:4], ["defective", "good"] * 2)
    make_version(project, spent=5, cost=0.5, labels=4)
    outcome = bought(project)[0]
    assert outcome.spent == {"spread-margin": 4.0}
    assert outcome.money == (1.0, 5.0)
    assert outcome.cost == (1.0, 0.5)


def test_auto_believes_more_of_what_bought_more(project, pool, model):
    label(project, pool[:20], ["defective", "good"] * 10, said=[0.1, 0.9])
    make_version(project, spent=2, cost=0.2, labels=20, promoted=False)
    filled = choose(project, {"kind": "auto"})
    means = {arm["recipe"]: arm["mean"] for arm in filled.plan["asked_by"]["arms"]}
    assert means["spread-margin"] > PRIORS["spread-margin"]
    assert means["rare-class"] == pytest.approx(PRIORS["rare-class"])
    assert QueueItem.objects.filter(round=filled, price__gt=Decimal(0)).count() == 20


def test_a_round_advises_the_size_of_the_next(project, pool, model):
    filled = choose(project, None)
    assert filled.plan["advice"] is None

    now = timezone.now()
    TrainingRun.objects.filter(pk=model.run_id).update(created_at=now - timedelta(seconds=600), finished_at=now)
    QueryRound.objects.update(state=QueryRound.State.CLOSED)
    QueueItem.objects.update(state=QueueItem.State.SKIPPED)
    advice = choose(project, None).plan["advice"]
    assert 5 <= advice["size"] <= 80
    assert 0 <= advice["redundancy"] < 1
    assert "training takes 10 min, an answer 36 s" in advice["sentence"]
