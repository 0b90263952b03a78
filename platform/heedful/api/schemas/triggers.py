"""Rules that start training runs, how far each is from firing, the log of firings, and the dry run.

A rule's parameters go by the names that its kind lists. Shares are 0..1, hours are of UTC.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from heedful.api.schemas.common import RuleKindName, RunKind, RunState

ParameterUnit = Literal["labels", "share", "days", "answers", "money", "hour", "runs", "choice"]
Parameters = dict[str, int | float | str]


class ParameterOut(Schema):
    name: str
    label: str
    unit: ParameterUnit
    default: int | float | str
    least: float
    most: float
    whole: bool
    choices: list[str]


class RuleKindOut(Schema):
    """`sentence`: when to use it. `run_kinds`: which runs it may start."""

    kind: RuleKindName
    title: str
    sentence: str
    run_kinds: list[RunKind]
    parameters: list[ParameterOut]


class RuleIn(Schema):
    """Parameters that are left out are at their default."""

    kind: str
    run_kind: str = "quick"
    parameters: Parameters = {}
    minimum_labels: int = 1
    enabled: bool = True


class RuleOut(Schema):
    """`share`: how far it is from firing, 1 is due. `words` says it: “12 of 50 new labels”. `described`: the rule in a
    line."""

    id: int
    kind: RuleKindName
    title: str
    run_kind: RunKind
    parameters: Parameters
    minimum_labels: int
    enabled: bool
    described: str
    due: bool
    share: float
    words: str
    new_labels: int
    firings: int
    fired_at: datetime | None


class ExpectedCostOut(Schema):
    """Of one run, by the latest `runs` of its kind; null while there is none. `price` is null where an hour of
    computing has none; it is not the label budget's."""

    run_kind: RunKind
    runs: int
    seconds: float | None
    price: Decimal | None


class RulesOut(Schema):
    """`training`: a run is under way, and meanwhile no rule fires."""

    rules: list[RuleOut]
    kinds: list[RuleKindOut]
    expected: list[ExpectedCostOut]
    training: bool
    currency: str


class FiringOut(Schema):
    """What started a run: a rule (`kind`, also of one deleted since), or somebody (null)."""

    id: int
    at: datetime
    kind: RuleKindName | None
    rule_id: int | None
    sentence: str
    run_id: int
    run_kind: RunKind
    run_state: RunState
    labels: int
    model_number: int | None
    expected_seconds: float | None
    expected_price: Decimal | None
    took_seconds: float | None
    error: str


class FiringPage(Schema):
    count: int
    items: list[FiringOut]


class DryRunIn(Schema):
    """The rules as they would stand; none of them is stored."""

    rules: Annotated[list[RuleIn], Field(max_length=20)]


class WouldFireOut(Schema):
    """`rule`: its place in what was sent."""

    at: datetime
    rule: int
    kind: RuleKindName
    run_kind: RunKind
    labels: int
    sentence: str
    expected_seconds: float | None
    expected_price: Decimal | None


class DryRunOut(Schema):
    """When these rules would have fired since the project began. `rules_fired` and `by_hand`: how many runs rules and
    people really started; the latter stay as they were. `cut`: only the first thousand are listed."""

    firings: list[WouldFireOut]
    since: datetime
    rules_fired: int
    by_hand: int
    expected_seconds: float
    expected_price: Decimal | None
    currency: str
    cut: bool


class DriftTestOut(Schema):
    """`against` the pool before the import, or the samples the champion learned from; `p`: how probable a `value` as
    high is where nothing has drifted."""

    looks_at: Literal["embeddings", "scores"]
    against: Literal["pool", "training"]
    value: float
    p: float


class DriftOut(Schema):
    """An import as it was measured; `reason` says why there is no test."""

    source_id: int
    name: str
    model_number: int
    measured_at: datetime
    new: int | None
    old: int | None
    reason: str | None
    tests: list[DriftTestOut]
