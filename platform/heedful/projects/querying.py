"""How a project's samples are chosen, as people set it.

A query plan is None for the usual way, or {"kind": "recipe" | "mixture" | "auto", "parts": [{"recipe", "share"}]}: one
recipe, several by their shares, or none, for `auto` to find them. The random control takes its share before.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from heedful.core.errors import InvalidInput
from heedful.projects.recipes import recipes

USUAL = "usual"
KINDS = (USUAL, "recipe", "mixture", "auto")
MOST_PARTS = 12

Plan = Mapping[str, Any]


def checked_plan(given: object) -> Plan | None:
    """The plan to store, None for the usual way. Raises InvalidInput, which names the field."""
    if given is None:
        return None
    if not isinstance(given, Mapping) or given.get("kind") not in KINDS:
        raise _refused(f"A query plan has a kind: {', '.join(KINDS[:-1])} or {KINDS[-1]}.")
    kind, parts = given["kind"], given.get("parts") or []
    if kind == USUAL:
        return None
    if kind == "auto":
        return {"kind": kind, "parts": []}
    return {"kind": kind, "parts": _checked_parts(kind, parts)}


def _checked_parts(kind: str, parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if kind == "recipe" and len(parts) != 1:
        raise _refused("Choose one recipe, or make it a mixture.")
    if not parts:
        raise _refused("A mixture needs a recipe.")
    if len(parts) > MOST_PARTS:
        raise _refused(f"A mixture has at most {MOST_PARTS} recipes.")
    names = [str(part["recipe"]) for part in parts]
    if unknown := [name for name in names if name not in recipes()]:
        raise _refused(f"There is no recipe called {unknown[0]}; choose of {', '.join(recipes())}.")
    if twice := [name for name in names if names.count(name) > 1]:
        raise _refused(f"{recipes()[twice[0]].title} is in the mixture twice; give it one share.")
    shares = [float(part.get("share", 1)) for part in parts]
    if not all(math.isfinite(share) and share > 0 for share in shares):
        raise _refused("Each recipe needs a share above 0; leave it out instead of giving it 0.")
    return [{"recipe": name, "share": round(share / sum(shares), 6)} for name, share in zip(names, shares, strict=True)]


def _refused(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, field="query_plan")
