"""What a challenger must not be fooled by to be promoted: the project's bounds, and what was measured of them.

corruption_bound    money a sample: how much dearer corruptions may make decisions, on average over all of them
noise_bound         share of decisions that small noise may change
nonsense_bound      share of nonsense pictures that may be called something as surely as right answers are
"""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from heedful.core import artifacts
from heedful.core.money import worded
from heedful.projects.models import Project


def foreign_address(project: Project, graph_address: str) -> str:
    """Where it is kept what tells apart what is foreign to a graph."""
    return artifacts.url("foreign", str(project.pk), f"{PurePosixPath(graph_address).stem[:32]}.npz")


def has_bounds(project: Project) -> bool:
    return any(one is not None for one in (project.corruption_bound, project.noise_bound, project.nonsense_bound))


def broken_bounds(project: Project, measured: Mapping[str, Any]) -> list[str]:
    """A sentence for each bound that is passed. measured: the body of a robustness report."""
    broken = []
    rise, flips, sure = measured["mean_rise"], measured["noise"]["flips"], measured["nonsense"]["share"]
    if project.corruption_bound is not None and rise > float(project.corruption_bound):
        bound = worded(project.corruption_bound, project.budget.currency)
        broken.append(f"Corruptions make it {rise:.3g} a sample dearer on average; the project allows {bound}.")
    if project.noise_bound is not None and flips > project.noise_bound:
        broken.append(
            f"Small noise changes {flips:.0%} of its decisions; the project allows {project.noise_bound:.0%}."
        )
    if project.nonsense_bound is not None and sure > project.nonsense_bound:
        broken.append(
            f"It is sure of {sure:.0%} of nonsense pictures; the project allows {project.nonsense_bound:.0%}."
        )
    return broken
