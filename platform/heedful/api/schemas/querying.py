"""How samples are chosen: the query plan, what it may be made of, and what the newest round made of it."""

from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field


class PlanPart(Schema):
    """`share`: of what the random control leaves; shares need not sum to 1, but come back so."""

    recipe: Annotated[str, Field(max_length=80)]
    share: float = 1.0


class QueryPlan(Schema):
    """`usual`: half close calls, half the likely costly class. `recipe`: one part. `mixture`: several. `auto`: none,
    the shares are learned from what past rounds bought."""

    kind: Literal["usual", "recipe", "mixture", "auto"] = "usual"
    parts: list[PlanPart] = []


class RecipeOut(Schema):
    """`from_package`: the installed package that brings it, empty for Heedful's own."""

    name: str
    title: str
    sentence: str
    from_package: str


class UsedShare(Schema):
    """`title`: of the recipe, or its name where it is no longer there."""

    recipe: str
    title: str
    share: float


class Arm(Schema):
    """What `auto` believes of a recipe: by how many percent expected cost falls for a percent more money; with the 95%
    interval."""

    recipe: str
    title: str
    worth: float
    low: float
    high: float


class RoundAdvice(Schema):
    """`redundancy`: of a round of `size`, the share of what its labels tell that others of the same round tell too."""

    size: int
    redundancy: float
    sentence: str


class UsedPlan(Schema):
    """How the newest query round chose. `left_out`: what could not work yet, so that the others had its places."""

    round_number: int
    kind: Literal["usual", "recipe", "mixture", "auto"]
    described: str
    shares: list[UsedShare]
    control_share: float
    left_out: list[str]
    arms: list[Arm]
    advice: RoundAdvice | None


class QueryingOut(Schema):
    plan: QueryPlan
    recipes: list[RecipeOut]
    used: UsedPlan | None
