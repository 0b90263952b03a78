"""How far the answers can be trusted: agreement, annotators, the blind study, and labels that are not sure enough."""

from datetime import datetime
from typing import Literal

from ninja import Schema

from heedful.api.schemas.common import AnnotatorState, Interval, TierKind
from heedful.api.schemas.projects import LabelClassOut


class ShareOut(Schema):
    """`right` of `of`, and that share with its 95% interval; null when there was nothing to count."""

    right: int
    of: int
    share: Interval | None


class PairOut(Schema):
    """How often two annotators gave the same answer to what both answered."""

    one: str
    other: str
    same: ShareOut


class AgreementOut(Schema):
    """`alpha`: Krippendorff's, 1 for full agreement, 0 for chance; null while too little was answered twice. Of
    `samples` with an answer `shared` have several."""

    alpha: Interval | None
    samples: int
    shared: int
    pairs: list[PairOut]
    measured_at: datetime


class AnnotatorQualityOut(Schema):
    """`confusion[true][answered]`, in class order, is estimated from all answers together. `over_all`, `of_classes` (by
    true class, in order) and `honeypots` count only answers whose truth is known without them."""

    annotator_id: int
    annotator: str
    tier: TierKind | None
    state: AnnotatorState
    answers: int
    confusion: list[list[float]]
    over_all: ShareOut
    of_classes: list[ShareOut]
    honeypots: ShareOut
    measured_at: datetime


class ArmOut(Schema):
    """Answers given with the model's opinion in sight, or without. `followed`: said what the model said. The median of
    the time is null of fewer than eight."""

    answers: int
    right: ShareOut
    followed: ShareOut
    median_seconds: Interval | None


class BlindStudyOut(Schema):
    """Differences are `shown` minus `blind`; null where there is nothing to compare."""

    shown: ArmOut
    blind: ArmOut
    more_right: Interval | None
    more_followed: Interval | None
    more_seconds: Interval | None
    verdict: Literal["helps", "misleads", "cannot_tell"]
    sentence: str
    measured_at: datetime


class DoubtfulLabelOut(Schema):
    sample_id: int
    sample_name: str
    picture_url: str
    label: LabelClassOut
    answers: int
    quality: float


class DoubtfulOut(Schema):
    """Labels less sure than the project's `agreement_bar`, the least sure first."""

    count: int
    items: list[DoubtfulLabelOut]


class QualityOut(Schema):
    """`agreement` and `blind_study` are null until answers have been weighed. `doubtful` shows the first few."""

    classes: list[LabelClassOut]
    agreement_bar: float
    honeypot_bar: float
    honeypot_minimum: int
    honeypot_share: float
    blind_share: float
    agreement: AgreementOut | None
    annotators: list[AnnotatorQualityOut]
    blind_study: BlindStudyOut | None
    doubtful: DoubtfulOut
