"""Weak labels: running a source over the pool, and weighing all of them."""

from dataclasses import asdict
from typing import Any

import numpy as np

from heedful.pool.weak.sources import apply_source
from heedful.projects.models import Project
from heedful.quality.weak import record_weighing
from ml.consensus.label_model import ABSTAIN
from workers.running import RunningJob
from workers.weak import Weighed, covered, store_targets
from workers.weak import weigh as weigh_labels


def apply(running: RunningJob) -> None:
    apply_source(
        source_id=running.arguments["source_id"],
        on_progress=lambda done, total: running.progress(done, total, "rows"),
    )


def weigh(running: RunningJob) -> None:
    """How good each source is where it can be checked, and what all of them amount to together; safe to repeat."""
    project = Project.objects.get(pk=running.project_id)
    weighed = weigh_labels(project)
    record_weighing(project=project, judged=_judged(weighed), summary=_summary(project, weighed))


def _judged(weighed: Weighed) -> dict[int, dict[str, Any]]:
    said, counting = weighed.votes.said, set(weighed.counting)
    return {
        source.pk: {
            **asdict(weighed.judged[place]),
            "counts": place in counting,
            "named": np.bincount(said[:, place] + 1, minlength=len(weighed.judged[place].of_classes) + 1)[1:].tolist(),
            **_conflicts(weighed, place),
        }
        for place, source in enumerate(weighed.votes.sources)
    }


def _conflicts(weighed: Weighed, place: int) -> dict[str, int]:
    """On how many samples other sources that count speak too, and on how many of those one says otherwise."""
    votes = weighed.votes
    own = votes.said[:, place]
    others = [votes.said[:, other] for other in weighed.counting if other != place]
    shared = np.zeros(len(own), bool)
    otherwise = np.zeros(len(own), bool)
    for said in others:
        both = (own != ABSTAIN) & (said != ABSTAIN)
        shared |= both
        otherwise |= both & (own != said)
    return {"shared": int(shared.sum()), "conflicting": int(otherwise.sum())}


def _summary(project: Project, weighed: Weighed) -> dict[str, Any]:
    if weighed.combined is None:
        return {"samples": 0, "conflicting": 0, "sources": 0, "expected": [], "content_hash": "", "address": ""}
    rows = covered(weighed)
    said = weighed.votes.said[rows][:, weighed.counting]
    lowest = np.where(said == ABSTAIN, np.iinfo(np.int64).max, said).min(axis=1)
    name, address = store_targets(project, weighed, newest=True)
    return {
        "samples": len(rows),
        "conflicting": int((said.max(axis=1) != lowest).sum()),
        "sources": len(weighed.counting),
        "expected": weighed.combined.posterior[rows].sum(axis=0).tolist(),
        "content_hash": name,
        "address": address,
    }
