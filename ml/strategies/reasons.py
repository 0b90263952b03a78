"""Why a sample was chosen, in one sentence made of the facts that chose it."""

import numpy as np

from ml.arrays import Probabilities


def reason(
    strategy: str,
    *,
    probabilities: Probabilities | None,
    classes: tuple[str, ...],
    target: int | None,
    size: int,
) -> str:
    """strategy: the first of the slot. probabilities: (c,) of this sample. size: places of its slot."""
    if strategy == "typicality":
        return f"One of the {size} most typical samples of what is not yet labeled."
    if strategy == "k-center":
        return "Far from everything labeled so far."
    if probabilities is None:
        return "Drawn at random, as a control."
    order = np.argsort(-probabilities, kind="stable")
    top, second = int(order[0]), int(order[1])
    if strategy == "margin":
        first = f"p({_name(top, classes)}) {probabilities[top]:.2f}"
        other = f"p({_name(second, classes)}) {probabilities[second]:.2f}"
        return f"{first} against {other}: {_tells(float(probabilities[top] - probabilities[second]))}."
    if strategy == "rare-class" and target is not None:
        return (
            f"p({_name(target, classes)}) {probabilities[target]:.2f}, among the {size} highest of the pool: "
            "a case, or a look-alike the model should learn."
        )
    return f"Drawn at random, as a control; the model says {_name(top, classes)} at {probabilities[top]:.2f}."


def _tells(gap: float) -> str:
    return "the model cannot tell them apart" if gap < 0.1 else "among the closest calls of the pool"


def _name(index: int, classes: tuple[str, ...]) -> str:
    return classes[index] if classes else f"class {index}"
