"""The loop: the overview, the curve of quality against money, queue and rounds."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from ninja import Schema

from heedful.api.schemas.common import Interval, ItemState, RoundKind, RoundState, RunKind, TierKind
from heedful.api.schemas.projects import LabelClassOut, ProjectOut


class ClassCount(Schema):
    label_class: LabelClassOut
    count: int


class PoolState(Schema):
    samples: int
    unlabeled: int
    refused: int
    importing: bool


class GoldState(Schema):
    drawn: int
    labeled: int


class QueueState(Schema):
    round_number: int | None
    round_kind: RoundKind | None
    waiting: int
    answered: int
    size: int


class ExpertState(Schema):
    active: int
    answered_last_hour: int


class LabelState(Schema):
    settled: int
    by_class: list[ClassCount]
    until_training: int | None


class ModelState(Schema):
    champion: int | None
    versions: int
    training: bool


Action = Literal["import", "resume", "retry", "raise_budget", "label", "approve"]


class NextStep(Schema):
    """What the loop does now, or waits for, in a sentence; `action` names the button that helps, if any."""

    code: str
    sentence: str
    action: Action | None = None
    job_id: int | None = None


class OverviewOut(Schema):
    project: ProjectOut
    pool: PoolState
    gold: GoldState
    queue: QueueState
    experts: ExpertState
    labels: LabelState
    model: ModelState
    jobs_live: int
    jobs_failed: int
    rounds_closed: int
    next_step: NextStep
    label_studio_url: str | None


class ClassMetrics(Schema):
    """Of one class on gold; null where gold holds none of it. Classes that are one in evaluation share their figures.

    `recall_at_precision`: the most that is found while `CurvePoint.fixed_precision` of the calls are right.
    """

    name: str
    average_precision: Interval | None
    recall: Interval | None
    recall_at_precision: Interval | None
    f1: Interval | None


class CurvePoint(Schema):
    """One model version on the gold set, at the money spent on labels when it was trained. What was not measured yet
    when an older version was judged is null. `evaluation_merges`: the classes that were one when it was judged, as
    “scratch or dent”; figures of versions that differ in them do not compare."""

    model_number: int
    evaluation_merges: list[str]
    kind: RunKind
    promoted: bool
    spent: Decimal
    labels: int
    expected_cost: Interval
    average_precision: Interval | None
    calibration_error: Interval
    recall: dict[str, Interval | None]
    macro_f1: Interval | None
    fixed_precision: float | None
    by_class: list[ClassMetrics]


class CurveOut(Schema):
    """Expected costs are a sample, in the project's currency."""

    gold_size: int
    focus_class: str
    points: list[CurvePoint]


class PredictionOut(Schema):
    label_class: LabelClassOut
    probability: float


class NeighbourOut(Schema):
    """A labeled sample that tells why another was chosen."""

    sample_id: int
    sample_name: str
    picture_url: str
    width: int
    height: int
    label: LabelClassOut | None


class QueueItemOut(Schema):
    """A queued sample. `heat_url` is a transparent layer to lay over `picture_url`; see `map_sentence`.

    `neighbour`: the labeled sample that the reason names.
    """

    id: int
    sample_id: int
    sample_name: str
    round_number: int
    round_kind: RoundKind
    rank: int
    strategy: str
    score: float
    selection_probability: float
    reason: str
    neighbour: NeighbourOut | None
    tier: TierKind
    answers_wanted: int
    honeypot: bool
    blind: bool
    price: Decimal
    charged: Decimal | None
    state: ItemState
    width: int
    height: int
    picture_url: str
    heat_url: str | None
    overlay_url: str | None
    map_sentence: str | None
    predictions: list[PredictionOut]
    label: LabelClassOut | None
    annotator: str | None
    answered_at: datetime | None
    label_studio_url: str | None


class QueuePage(Schema):
    count: int
    items: list[QueueItemOut]


class RoundOut(Schema):
    number: int
    kind: RoundKind
    state: RoundState
    strategy: str
    model_number: int | None
    size: int
    answered: int
    skipped: int
    spent: Decimal
    reserved: Decimal
    opened_at: datetime
    closed_at: datetime | None
