"""From which changed versions of its pictures a deep run learns: none, those that a manager chose, or what it finds.

A search runs the best course again with each of a few policies. One of them is kept only if the very labels that were
held out from all of them find it better than no augmentation, beyond noise, counting that several were tried.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from heedful.projects.augmentation import FIXED, SEARCHED
from heedful.registry.models import TrainingRun
from ml.training.augmentation import NONE, Augmentation, candidates
from ml.training.fine_tune import FineTuned
from ml.training.held_out import LEAST_HELD_OUT, Gain, best_beyond_noise

MOST_TRIED = 3
UNCHANGED = "none"


def options_of(run: TrainingRun) -> Mapping[str, Any]:
    """As they were when the run started, in the form of `projects.augmentation`; empty where it is off."""
    options: Mapping[str, Any] = run.terms.get("augmentation", {})
    return options


def policies_of(options: Mapping[str, Any]) -> dict[str, Augmentation]:
    """What these options would have a run learn from, or try."""
    if options["mode"] == FIXED:
        return {FIXED: Augmentation(tuple(options["transforms"]), options["strength"])}
    return candidates(options["allowed"])


def fixed_policy(run: TrainingRun) -> Augmentation:
    """What all courses of the run learn from."""
    options = options_of(run)
    return policies_of(options)[FIXED] if options.get("mode") == FIXED else NONE


def tried_policies(run: TrainingRun) -> dict[str, Augmentation]:
    """What the run's best course is tried with."""
    options = options_of(run)
    return policies_of(options) if options.get("mode") == SEARCHED else {}


def too_few(base: FineTuned) -> bool:
    return min(base.held_out.groups_per_class) < LEAST_HELD_OUT


@dataclass(frozen=True, slots=True)
class Found:
    """What is kept, and `augmentation` of the run's report where anything was asked for."""

    tuned: FineTuned
    policy: Augmentation
    report: Mapping[str, Any]


def unsearched(run: TrainingRun, base: FineTuned, policy: Augmentation) -> Found:
    mode = options_of(run).get("mode")
    if mode is None:
        return Found(base, policy, {})
    reason = f"Fewer than {LEAST_HELD_OUT} groups of a class were held out: too few to tell which helps."
    kept = FIXED if mode == FIXED else UNCHANGED
    said = {"mode": mode, "kept": kept, "reason": "" if mode == FIXED else reason}
    return Found(base, policy, {"augmentation": {**said, "tried": [_row(kept, policy, base)]}})


def choose(base: FineTuned, tried: Mapping[str, FineTuned], policies: Mapping[str, Augmentation], seed: int) -> Found:
    """None of them, unless one is better than that beyond noise."""
    best, gains = best_beyond_noise(base.held_out, {name: one.held_out for name, one in tried.items()}, seed)
    kept = best or UNCHANGED
    rows = [_row(UNCHANGED, NONE, base), *(_row(name, policies[name], tried[name], gains[name]) for name in tried)]
    report = {"augmentation": {"mode": SEARCHED, "kept": kept, "reason": "", "tried": rows}}
    return Found({**tried, UNCHANGED: base}[kept], {**policies, UNCHANGED: NONE}[kept], report)


def _row(name: str, policy: Augmentation, tuned: FineTuned, found: Gain | None = None) -> dict[str, Any]:
    return {
        "name": name,
        "transforms": list(policy.transforms),
        "strength": policy.strength,
        "held_out": len(tuned.held_out.labels),
        "held_out_loss": tuned.held_out.loss,
        "difference": asdict(found.difference) if found else None,
        "probability_better": found.probability_better if found else None,
    }
