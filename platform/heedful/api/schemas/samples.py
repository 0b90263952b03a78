"""One sample with all that ever happened to it. Amounts are null for those who may not see money."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from heedful.api.schemas.common import ItemState, RoundKind, SampleRole, TierKind, Timing, WeakKind
from heedful.api.schemas.loop import PredictionOut
from heedful.api.schemas.projects import LabelClassOut
from heedful.api.schemas.quality import ShareOut
from heedful.quality.history import EventKind

Text = Annotated[str, Field(max_length=1000)]


class CorrectionOut(Schema):
    """A manager's word; without `label` it takes an earlier one back."""

    id: int
    label: LabelClassOut | None
    by: str
    comment: str
    at: datetime


class SettledLabelOut(Schema):
    """`answers` is how many annotators it rests on, `quality`, 0..1, how sure they are together: null for a single
    answer. With a `correction` that one holds, whatever was answered."""

    label: LabelClassOut
    answers: int
    quality: float | None
    settled_at: datetime
    correction: CorrectionOut | None


class SampleCostOut(Schema):
    currency: str
    spent: Decimal
    held: Decimal
    owed: Decimal


class AskedOut(Schema):
    """One time that the sample was chosen. `ended_because` says why a withdrawn item was; `charged` is for all of its
    answers. A `blind` item showed neither prediction nor heatmap, a `honeypot` tests who answers it."""

    id: int
    round_number: int
    round_kind: RoundKind
    rank: int
    tier: TierKind
    strategy: str
    score: float
    selection_probability: float
    reason: str
    answers_wanted: int
    honeypot: bool
    blind: bool
    state: ItemState
    ended_because: str
    asked_at: datetime
    sent_at: datetime | None
    expires_at: datetime | None
    price: Decimal | None
    charged: Decimal | None
    heat_url: str | None
    map_sentence: str | None
    predictions: list[PredictionOut]
    label_studio_url: str | None


class RevisionOut(Schema):
    label: LabelClassOut | None
    skipped: bool
    seconds: float | None
    at: datetime


class SampleAnswerOut(Schema):
    """One annotator's answer as it stands; what it said before is in `revisions`, oldest first.

    `counts`: the label rests on it, unless a correction holds. Of `seconds` (null if they were not measured)
    `paid_seconds` are paid, as `timing` and `timing_says` tell. `owed` is due and not charged, `waived` struck.
    """

    id: int
    item_id: int
    annotator_id: int
    annotator: str
    tier: TierKind | None
    label: LabelClassOut | None
    skipped: bool
    accepted_prediction: bool
    counts: bool
    answered_at: datetime
    deleted_at: datetime | None
    seconds: float | None
    paid_seconds: float
    timing: Timing
    timing_says: str
    price: Decimal | None
    charged: Decimal | None
    owed: Decimal | None
    waived: Decimal | None
    revisions: list[RevisionOut]


class CommentOut(Schema):
    """One that disputes the label is open until `resolved_at`."""

    id: int
    by: str
    text: str
    disputes: bool
    at: datetime
    resolved_at: datetime | None
    resolved_by: str | None


class EventOut(Schema):
    """`text` is what somebody said, or why. The amounts are what it moved; null for no movement."""

    at: datetime
    kind: EventKind
    sentence: str
    text: str
    held: Decimal | None
    spent: Decimal | None
    owed: Decimal | None


class WeakVoteOut(Schema):
    """What one weak source calls the sample, with its own `confidence` if it has any. `right`: of what experts could
    check, over all that it labels; `right_here`: of what it gives this class; `estimate`: the latter drawn to the
    claim, as far as little was checked. These are null until it was weighed. `counts`: it is part of `together`."""

    source_id: int
    source: str
    kind: WeakKind
    label: LabelClassOut
    confidence: float | None
    claimed_accuracy: float
    right: ShareOut | None
    right_here: ShareOut | None
    estimate: float | None
    counts: bool
    contradicts: bool


class SampleWeakOut(Schema):
    """`silent`: the sources that say nothing of it. `together`: what the votes that counted made likely, most likely
    first, when they were weighed last (`weighed_at`), without the experts' word on it; null where none was weighed."""

    votes: list[WeakVoteOut]
    silent: list[str]
    together: list[PredictionOut] | None
    weighed_at: datetime | None


class BoxOut(Schema):
    """Where people say that the object is, in shares of the picture's sides, from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


class SampleDetailOut(Schema):
    """Lists are oldest first. `weak` is null while the project has no weak source; `box`, unless its table brought one
    that can be read; `mask_url`, of a transparent PNG to lay over the picture, unless its table names one."""

    id: int
    name: str
    width: int
    height: int
    role: SampleRole
    group: str
    skipped: bool
    source: str
    imported_at: datetime
    metadata: dict[str, Any]
    box: BoxOut | None
    mask_url: str | None
    content_hash: str
    picture_url: str
    label: SettledLabelOut | None
    cost: SampleCostOut | None
    asked: list[AskedOut]
    answers: list[SampleAnswerOut]
    weak: SampleWeakOut | None
    corrections: list[CorrectionOut]
    comments: list[CommentOut]
    history: list[EventOut]


class CorrectionIn(Schema):
    label_class_id: int
    comment: Text = ""


class CommentIn(Schema):
    """`disputes` asks a manager to look at the label."""

    text: Text
    disputes: bool = False


class DisputeOut(Schema):
    """A dispute that waits for a manager, with the label as it stands."""

    comment_id: int
    sample_id: int
    sample_name: str
    picture_url: str
    label: LabelClassOut | None
    by: str
    text: str
    at: datetime


class DisputePage(Schema):
    count: int
    items: list[DisputeOut]
