"""What a round asks by: its plan, as the project wants it and as far as the evidence for it is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from heedful.acquisition.models import QueryRound
from heedful.pool.models import Sample
from heedful.projects.models import Project
from heedful.quality.consensus import opinions_before
from heedful.quality.services import labeled_samples
from heedful.registry.models import Backbone, ModelVersion
from heedful.registry.outcomes import bought
from ml.arrays import Costs, Labels
from ml.evaluation.decisions import decide
from ml.strategies.auto import ARMS, ArmState, RoundOutcome, shares
from ml.strategies.evidence import UNSAID, Evidence, representatives
from ml.strategies.plan import QueryPlan, cold_start_plan, default_plan, searching_plan
from ml.strategies.recipes import mixture, works
from ml.strategies.strategy import Need
from ml.training.ensemble import train_ensemble
from ml.training.head import torch_threads
from workers.files import gather, head, shard_embeddings
from workers.labeled import labels_of, sureness_of

# Streams of chance of their own, beyond those of the shards.
AUTO, ENSEMBLE, REPRESENTATIVES = 1_000_004, 1_000_005, 1_000_007
# Every sample of the pool is compared with so many labels at most.
MOST_LABELS = 5_000
# What of a plan's needs rests on labels and heads.
OF_EVIDENCE = {Need.COSTS, Need.HEAD, Need.ENSEMBLE, Need.LABELS, Need.LABELS_OF_TARGET, Need.MISTAKES}


@dataclass(frozen=True, slots=True)
class Asking:
    """used: for the round to record. evidence: None where the plan needs none."""

    plan: QueryPlan
    evidence: Evidence | None
    used: Mapping[str, object]


def asking(query_round: QueryRound, model: ModelVersion | None, backbone: Backbone) -> Asking:
    """The project's query plan without what cannot work yet; the usual one where nothing of it can."""
    project = query_round.project
    chosen = project.query_plan
    used: dict[str, object]
    if chosen is None:
        return _asking(usual_plan(project, model), None, {"kind": "usual"})
    asked_for = {part["recipe"]: part["share"] for part in chosen["parts"]} or dict.fromkeys(ARMS, 1.0)
    # A package that brought a strategy may be gone.
    named = {name: share for name, share in asked_for.items() if works(name)}
    if not named:
        used = {"kind": chosen["kind"], "left_out": sorted(asked_for)}
        return _asking(usual_plan(project, model), None, used)
    wanted = _mixture(project, named)
    evidence, sureness = _evidence(query_round, model, backbone) if OF_EVIDENCE & wanted.uses else (None, None)
    have = _have(project, model, evidence)
    used = {"kind": chosen["kind"]}
    if chosen["kind"] == "auto" and wanted.with_what_is_there(have):
        arms = _arms(query_round, [name for name in named if _mixture(project, {name: 1}).with_what_is_there(have)])
        used["arms"] = [{"recipe": one.name, "mean": one.mean, "deviation": one.deviation} for one in arms]
        wanted = _mixture(project, {one.name: one.share for one in arms})
    plan = wanted.with_what_is_there(have) or usual_plan(project, model)
    kept = {slot.name for slot in plan.slots}
    used["left_out"] = sorted(({slot.name for slot in wanted.slots} | asked_for.keys() - named.keys()) - kept)
    if evidence is not None and Need.ENSEMBLE in plan.uses and Need.ENSEMBLE in have:
        evidence = _with_ensemble(query_round, evidence, sureness)
    return _asking(plan, evidence, used)


def _asking(plan: QueryPlan, evidence: Evidence | None, used: Mapping[str, object]) -> Asking:
    """With each slot's share of the round; slots of one name are one to whoever reads it."""
    parts: dict[str, float] = {}
    for slot in plan.slots:
        parts[slot.name] = parts.get(slot.name, 0.0) + slot.share * (1 - plan.control_share)
    slots = [{"slot": name, "share": round(share, 4)} for name, share in parts.items()]
    return Asking(plan, evidence, {**used, "slots": slots})


def usual_plan(project: Project, model: ModelVersion | None) -> QueryPlan:
    if model:
        return default_plan(project.costly_class(), project.control_share)
    # Labels without a model: the rounds so far have not found every class.
    found_some = project.samples.filter(role=Sample.Role.POOL, label__isnull=False).exists()
    return searching_plan(project.control_share) if found_some else cold_start_plan(project.control_share)


def _mixture(project: Project, named: Mapping[str, float]) -> QueryPlan:
    return mixture(
        named,
        target=project.costly_class(),
        n_classes=project.label_classes.count(),
        control_share=project.control_share,
    )


def _arms(query_round: QueryRound, arms: Sequence[str]) -> list[ArmState]:
    """The bandit's shares, from what the rounds before bought."""
    history = [RoundOutcome(one.spent, one.money, one.cost) for one in bought(query_round.project)]
    rng = np.random.default_rng([query_round.project.seed, query_round.number, AUTO])
    return shares(arms, history, rng)


def _evidence(
    query_round: QueryRound, model: ModelVersion | None, backbone: Backbone
) -> tuple[Evidence, npt.NDArray[np.float64]]:
    """And how sure its labels are. Of very many labels, some that stand for all."""
    project = query_round.project
    labeled = labeled_samples(project_id=project.pk, role=Sample.Role.POOL)
    costs = np.array(project.cost_matrix(), np.float64)
    said = _said([one.sample_id for one in labeled], costs)
    rng = np.random.default_rng([project.seed, query_round.number, REPRESENTATIVES])
    rows = representatives(labels_of(labeled), said, project.costly_class(), MOST_LABELS, rng)
    labeled = [labeled[row] for row in rows.tolist()]
    ids = [one.sample_id for one in labeled]
    names = dict(project.samples.filter(pk__in=ids).values_list("pk", "name"))
    places = [(one.shard_id, one.row) for one in labeled]
    embeddings = shard_embeddings(project.pk, backbone.key)
    evidence = Evidence(
        ids=np.array(ids, np.int64),
        embeddings=gather(embeddings, places) if places else np.empty((0, 1), np.float32),
        labels=labels_of(labeled),
        said=said[rows],
        costs=costs,
        names=[names[sample_id] for sample_id in ids],
        head=head(model.head_address) if model else None,
    )
    return evidence, sureness_of(labeled)


def _said(sample_ids: Sequence[int], costs: Costs) -> Labels:
    """(m,): what a model decided when each was asked about, before it knew the answer."""
    before = opinions_before(sample_ids)
    said = np.full(len(sample_ids), UNSAID, np.int64)
    places = [place for place, sample_id in enumerate(sample_ids) if sample_id in before]
    if places:
        said[places] = decide(np.array([before[sample_ids[place]] for place in places], np.float32), costs)
    return said


def _have(project: Project, model: ModelVersion | None, evidence: Evidence | None) -> set[Need]:
    have = {Need.EMBEDDINGS, Need.TARGET_CLASS}
    if model is not None:
        have.add(Need.PROBABILITIES)
    if evidence is None:
        return have
    target = project.costly_class()
    each = np.bincount(evidence.labels, minlength=len(evidence.costs))
    found = {
        Need.COSTS: True,
        Need.HEAD: model is not None,
        Need.LABELS: len(evidence.ids) > 0,
        Need.LABELS_OF_TARGET: each[target] > 0,
        Need.MISTAKES: len(evidence.mistaken_for(target)) > 0,
        Need.ENSEMBLE: model is not None and each.all(),
    }
    return have | {need for need, there in found.items() if there}


def _with_ensemble(query_round: QueryRound, evidence: Evidence, sureness: npt.NDArray[np.float64] | None) -> Evidence:
    rng = np.random.default_rng([query_round.project.seed, query_round.number, ENSEMBLE])
    with torch_threads(1):
        ensemble = train_ensemble(
            evidence.embeddings,
            evidence.labels,
            n_classes=len(evidence.costs),
            rng=rng,
            sureness=sureness,
        )
    return replace(evidence, ensemble=ensemble)
