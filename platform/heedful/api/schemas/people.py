"""The people of a project: members, invitations, annotators and their tiers, and what everybody changed."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from heedful.api.schemas.common import AnnotatorState, AuditAction, Role, TierKind
from heedful.api.schemas.projects import LabelClassOut, RateOut

NewRole = Literal["owner", "manager", "annotator", "viewer"]
Email = Annotated[str, Field(min_length=3, max_length=254)]


class MemberOut(Schema):
    user_id: int
    email: str
    name: str
    role: Role


class InvitationOut(Schema):
    """A place that waits for its person. The link is shown only when it is made."""

    id: int
    email: str
    role: Role
    invited_by: str
    sent_at: datetime
    expires_at: datetime
    expired: bool


class TierOut(Schema):
    """`claimed_accuracy` is what is expected of the tier before any answer could be checked. Without a rate, its
    answers are kept and charged once it has one."""

    id: int
    kind: TierKind
    claimed_accuracy: float
    rate: RateOut | None


class AnnotatorOut(Schema):
    """Somebody who answers. Without a tier they are unknown: their answers are kept and charged to nobody.

    `unpriced` answers wait for a tier or a rate. `minutes` are those that are paid.
    """

    id: int
    name: str
    email: str
    user_id: int | None
    in_label_studio: bool
    tier_id: int | None
    tier: TierKind | None
    state: AnnotatorState
    rate: RateOut | None
    own_rate: bool
    answers: int
    unpriced: int
    answers_this_month: int
    minutes_this_month: float
    last_answer_at: datetime | None


class PeopleOut(Schema):
    members: list[MemberOut]
    invitations: list[InvitationOut]
    tiers: list[TierOut]
    annotators: list[AnnotatorOut]


class InviteIn(Schema):
    """With a tier, they are an annotator too; the role `annotator` needs one."""

    email: Email
    role: NewRole
    tier_id: int | None = None


class InvitedOut(Schema):
    """`link` is shown here and never again. `expires_at` is null for somebody who had an account and is a member now.

    `mailed` is false if Heedful has no mail server, or it refused: hand the link over yourself. Annotators also need
    an account in Label Studio, which they make at `label_studio_url`, with the same address.
    """

    email: str
    role: Role
    link: str
    expires_at: datetime | None
    mailed: bool
    label_studio_url: str | None


class RoleIn(Schema):
    role: NewRole


class AnnotatorIn(Schema):
    email: Email
    tier_id: int


class AnnotatorPatch(Schema):
    """Only what is given is changed."""

    tier_id: int | None = None
    state: Literal["active", "paused"] | None = None


class AssigningOut(Schema):
    """What would be charged if the annotator were in that tier."""

    answers: int
    amount: Decimal
    currency: str


class TierIn(Schema):
    claimed_accuracy: Annotated[float, Field(gt=0, lt=1)] = 0.95


class ActivityOut(Schema):
    """A change: of what, and how it was before. Without `before` it is new, without `after` it is gone.

    `by` is null for what Heedful did by itself.
    """

    id: int
    at: datetime
    by_id: int | None
    by: str | None
    action: AuditAction
    title: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ActivityPage(Schema):
    count: int
    items: list[ActivityOut]


class WorkOut(Schema):
    """Answers, and the minutes that are paid of them."""

    answers: int
    minutes: float


class MyItemOut(Schema):
    """A sample that waits for the caller's tier. `heat_url` is a layer to lay over `picture_url`."""

    id: int
    rank: int
    round_number: int
    reason: str
    width: int
    height: int
    picture_url: str
    heat_url: str | None
    overlay_url: str | None
    map_sentence: str | None
    expires_at: datetime | None
    label_studio_url: str | None


class MyQueueOut(Schema):
    """What is next for the caller as annotator. `notice` says why nothing is, if nothing is."""

    project_id: int
    project: str
    classes: list[LabelClassOut]
    tier: TierKind | None
    state: AnnotatorState | None
    notice: str
    waiting: int
    items: list[MyItemOut]
    today: WorkOut
    this_week: WorkOut
    label_studio_url: str | None


class MyAnswerOut(Schema):
    """`amount` is what the caller gets for it. `right` is of honeypots, where the project lets annotators know; null
    of all others."""

    id: int
    item_id: int
    sample_id: int
    picture_url: str
    label: LabelClassOut | None
    skipped: bool
    answered_at: datetime
    seconds: float | None
    paid_seconds: float
    amount: Decimal
    right: bool | None
    label_studio_url: str | None


class MyAnswersPage(Schema):
    count: int
    currency: str
    items: list[MyAnswerOut]
