"""The loop: what a project does next.

`advance` looks at where the project stands and starts the one thing that is due. It may be called at any time and any
number of times: after each settled label, after each finished job, by beat. A kill at any moment only delays the next
call.

    pool imported ─▶ backbone exported, pool embedded ─▶ gold drawn and labeled ─▶ round 1, cold start
         ┌──────────────────────────────────────────────────────────────────────────┘
         ▼
    round answered ─▶ rule due: train, evaluate, promote or not ─▶ pool scored ─▶ next round
                                                                        └▶ an open round is ranked again
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from django.db import transaction

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.acquisition.models import QueryRound
from heedful.acquisition.reranking import rerankable
from heedful.acquisition.services import open_round
from heedful.budgets.services import affordable
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.pool.models import Shard, ShardArtifact, Source
from heedful.projects.models import Project
from heedful.registry import services as registry
from heedful.registry.backbones import missing_shards, pretrained, serving_backbone, unembedded
from heedful.registry.models import Backbone, ModelVersion
from heedful.triggers.measuring import request_measurements
from heedful.triggers.services import evaluate_rules, training_is_due


class Step(StrEnum):
    """What the project does now or waits for."""

    IMPORT = "import"
    IMPORTING = "importing"
    EXPORTING = "exporting"
    EMBEDDING = "embedding"
    RE_EMBEDDING = "re_embedding"
    TRAINING_DUE = "training_due"
    TRAINING = "training"
    SCORING = "scoring"
    RE_RANKING = "re_ranking"
    FILLING = "filling"
    APPROVAL = "approval"
    LABELING_GOLD = "labeling_gold"
    LABELING = "labeling"
    PAUSED = "paused"
    FROZEN = "frozen"
    BUDGET_EXHAUSTED = "budget_exhausted"
    POOL_EXHAUSTED = "pool_exhausted"
    OPENING = "opening"


PREPARING = (Step.IMPORT, Step.IMPORTING, Step.EXPORTING, Step.EMBEDDING)


def request_advance(project_id: int) -> None:
    """Have a worker take the next step; asking twice at once is asking once."""
    enqueue(Job.Kind.ADVANCE, key=str(project_id), project_id=project_id)


@transaction.atomic
def advance(*, project_id: int) -> Step:
    """Start what is due, and say what it is."""
    project = Project.objects.select_for_update(of=("self",)).select_related("budget").get(pk=project_id)
    step = look(project)
    if step == Step.TRAINING_DUE and evaluate_rules(project) is None:
        step = look(project, may_train=False)
    if action := ACTIONS.get(step):
        action(project)
    # A run may take hours; the champion that is there need not wait for it.
    if step in (Step.TRAINING, Step.RE_EMBEDDING) and _round_to_rank(project):
        _rerank(project)
    if step not in PREPARING:
        _embed_beside(project)
        request_measurements(project)
    return step


def look(project: Project, *, may_train: bool = True) -> Step:
    """Where the project stands; changes nothing."""
    return _preparing(project) or _learning(project, may_train=may_train) or _asking(project)


def _preparing(project: Project) -> Step | None:
    """Pool and embeddings: nothing can be chosen before they are there."""
    importing = project.sources.filter(state__in=[Source.State.WAITING, Source.State.RUNNING]).exists()
    if not importing and not project.shards.exists():
        return Step.IMPORT
    backbone = serving_backbone(project)
    if backbone is None:
        return Step.EXPORTING
    if importing:
        return Step.IMPORTING
    return Step.EMBEDDING if unembedded(project, backbone) else None


def _learning(project: Project, *, may_train: bool) -> Step | None:
    """A live run, a rule that is due, and a champion whose scores are missing come before the next round."""
    run = registry.live_run(project.pk)
    if run is not None:
        tuned = Backbone.objects.filter(run=run).first()
        return Step.RE_EMBEDDING if tuned and unembedded(project, tuned) else Step.TRAINING
    if may_train and training_is_due(project):
        return Step.TRAINING_DUE
    champion = registry.champion(project.pk)
    return Step.SCORING if champion and _unscored(project, champion) else None


def _asking(project: Project) -> Step:
    """One round at a time is before the experts: gold first, then one query round after another."""
    current = project.rounds.exclude(state=QueryRound.State.CLOSED).first()
    if current is not None:
        if _round_to_rank(project):
            return Step.RE_RANKING
        if current.state == QueryRound.State.FILLING:
            return Step.FILLING
        if current.state == QueryRound.State.PLANNED:
            return Step.APPROVAL
        return Step.LABELING_GOLD if current.kind == QueryRound.Kind.GOLD else Step.LABELING
    if not project.autopilot:
        return Step.PAUSED
    if project.budget.frozen:
        return Step.FROZEN
    if affordable(project_id=project.pk) == 0:
        return Step.BUDGET_EXHAUSTED
    something_to_ask = project.samples.unasked_gold().exists() or project.samples.candidates().exists()
    return Step.OPENING if something_to_ask else Step.POOL_EXHAUSTED


def _unscored(project: Project, model: ModelVersion) -> list[Shard]:
    return missing_shards(project_id=project.pk, kind=ShardArtifact.Kind.SCORES, producer=model.producer)


def _export(project: Project) -> None:
    enqueue(
        Job.Kind.EXPORT_BACKBONE,
        key=project.backbone,
        project_id=project.pk,
        subject=project.backbone,
        name=project.backbone,
    )


def _embed(project: Project) -> None:
    backbone = serving_backbone(project)
    assert backbone is not None
    _embed_under(project, backbone)


def _re_embed(project: Project) -> None:
    _embed_under(project, Backbone.objects.get(run=registry.live_run(project.pk)))


def _embed_under(project: Project, backbone: Backbone) -> None:
    for shard in unembedded(project, backbone):
        registry.enqueue_embedding(backbone=backbone, shard=shard)


def _embed_beside(project: Project) -> None:
    """Under the project's own backbone, too, while a champion on another serves: one that was chosen anew learns next,
    and a fine-tuned champion's labels by chance are judged under it."""
    backbone = pretrained(project.backbone)
    if backbone is None:
        _export(project)
    else:
        _embed_under(project, backbone)


def _train(project: Project) -> None:
    """A deep run whose pool is embedded goes on to its verdict; for any other live run its job is already there."""
    run = registry.live_run(project.pk)
    if run is not None and Backbone.objects.filter(run=run).exists():
        registry.enqueue_for_run(Job.Kind.TRAIN_HEAD, run)


def _score(project: Project) -> None:
    champion = registry.champion(project.pk)
    assert champion is not None
    for shard in _unscored(project, champion):
        registry.enqueue_scoring(model=champion, shard=shard)


def _round_to_rank(project: Project) -> tuple[QueryRound, ModelVersion] | None:
    """The open round, and the champion that came after it and has scored the pool."""
    current = project.rounds.exclude(state=QueryRound.State.CLOSED).first()
    champion = registry.champion(project.pk)
    if current is None or champion is None or not rerankable(current, model_number=champion.number):
        return None
    return None if _unscored(project, champion) else (current, champion)


def _rerank(project: Project) -> None:
    """Once a round and champion; meanwhile the round stays before the experts as it is."""
    due = _round_to_rank(project)
    assert due is not None
    current, champion = due
    enqueue(
        Job.Kind.RERANK_ROUND,
        key=f"{current.pk}:{champion.number}",
        project_id=project.pk,
        subject=f"round {current.number} under version {champion.number}",
        round_id=current.pk,
        model_number=champion.number,
    )


def open_next_round(project: Project) -> QueryRound:
    """Gold that nobody was asked about first, then query rounds under the champion. Raises as `open_round` does."""
    size = project.samples.unasked_gold().count() if project.samples.gold().exists() else project.gold_size
    if size:
        return open_round(project_id=project.pk, kind=QueryRound.Kind.GOLD, size=size, model_number=None)
    champion = registry.champion(project.pk)
    return open_round(
        project_id=project.pk,
        kind=QueryRound.Kind.QUERY,
        size=project.round_size,
        model_number=champion.number if champion else None,
    )


@transaction.atomic
def open_round_now(*, project: Project, by: User) -> QueryRound:
    """The manager's button, also while the loop is paused. Raises as `open_round` does."""
    opened = open_next_round(project)
    record(
        project_id=project.pk,
        by=by,
        action=AuditEntry.Action.ROUND_OPENED,
        subject=f"round {opened.number}",
        after={"kind": opened.kind, "size": opened.size},
    )
    return opened


ACTIONS: Mapping[Step, Callable[[Project], object]] = {
    Step.EXPORTING: _export,
    Step.EMBEDDING: _embed,
    Step.RE_EMBEDDING: _re_embed,
    Step.TRAINING: _train,
    Step.SCORING: _score,
    Step.RE_RANKING: _rerank,
    Step.OPENING: open_next_round,
}
