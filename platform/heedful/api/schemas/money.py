"""Money: the ledger, the budget's rules, rates and allowances, what is owed, and where it went."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from heedful.api.schemas.common import AllowancePeriod, Money
from heedful.api.schemas.projects import BudgetOut, RateIn, RateOut

Amount = Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=4)]
Note = Annotated[str, Field(max_length=400)]


class LedgerEntryOut(Schema):
    """One movement: `held` changes the money reserved, `spent` the money spent, `granted` the limit, `owed` what could
    not be charged; `reserved_after`/`spent_after` are the sums so far."""

    id: int
    at: datetime
    kind: str
    held: Decimal
    spent: Decimal
    reserved_after: Decimal
    spent_after: Decimal
    granted: Decimal
    owed: Decimal
    tier: str | None
    item_id: int | None
    sample_id: int | None
    sample_name: str | None
    annotation_id: int | None
    annotator: str | None
    lead_seconds: float | None
    paid_seconds: float | None
    by: str | None
    note: str


class LedgerPage(Schema):
    count: int
    budget: BudgetOut
    items: list[LedgerEntryOut]


class BudgetStateOut(BudgetOut):
    """`owed`: what answers are worth beyond what could be charged. `overrun_share`: how much more than its reservation
    an answer may cost. `median_factor`: so many medians of a tier's latest lead times are paid at most."""

    owed: Decimal
    overrun_share: float
    median_factor: float


class BudgetRulesIn(Schema):
    """Only what is given is changed."""

    overrun_share: Annotated[float, Field(ge=0, le=100)] | None = None
    median_factor: Annotated[float, Field(ge=1, le=1000)] | None = None


class MovementIn(Schema):
    amount: Amount
    note: Note = ""


class DecisionIn(Schema):
    note: Note = ""


class NewRateIn(RateIn):
    """Of a tier or of one annotator. Without `effective_from` it holds from now on; past charges keep their rate."""

    tier_id: int | None = None
    annotator_id: int | None = None
    effective_from: datetime | None = None


class RateCardOut(RateOut):
    """`current`: what an answer given now is paid."""

    id: int
    tier_id: int | None
    annotator_id: int | None
    of: str
    effective_from: datetime
    created_by: str | None
    current: bool


class AllowanceIn(Schema):
    """Of the project (then `period` is not `total`), a tier or an annotator; replaces the one of that period."""

    tier_id: int | None = None
    annotator_id: int | None = None
    period: Literal["total", "day", "week", "month"]
    limit: Money


class AllowanceOut(Schema):
    """`spent` in the present period, which began at `since`; `held` now."""

    id: int
    tier_id: int | None
    annotator_id: int | None
    of: str
    period: AllowancePeriod
    limit: Decimal
    spent: Decimal
    held: Decimal
    left: Decimal
    since: datetime | None


class OwedOut(Schema):
    """An answer that is worth more than could be charged, and why. `timing` says how its lead time is paid."""

    annotation_id: int
    item_id: int
    sample_id: int
    sample_name: str
    annotator: str
    tier: str
    answered_at: datetime
    lead_seconds: float | None
    paid_seconds: float
    cap_seconds: float
    timing: str
    paid: Decimal
    owed: Decimal
    because: str


class SpendOut(Schema):
    """The ledger's sums for one tier, annotator, class, strategy or round."""

    name: str
    labels: int
    seconds: float
    spent: Decimal
    owed: Decimal
    held: Decimal


class DayOut(Schema):
    """How the budget stood at the end of a day (UTC)."""

    day: date
    limit: Decimal
    spent: Decimal
    reserved: Decimal
    labels: int
