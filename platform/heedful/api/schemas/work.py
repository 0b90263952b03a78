"""Background jobs and the ledger."""

from datetime import datetime
from decimal import Decimal

from ninja import Schema

from heedful.api.schemas.common import JobState
from heedful.api.schemas.projects import BudgetOut


class JobOut(Schema):
    id: int
    kind: str
    title: str
    state: JobState
    done: int
    total: int
    unit: str
    attempt: int
    max_attempts: int
    error: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expected_end: datetime | None


class JobPage(Schema):
    count: int
    items: list[JobOut]


class LedgerEntryOut(Schema):
    """One movement: `held` changes the money reserved, `spent` the money spent; `reserved_after`/`spent_after`
    are the sums so far."""

    id: int
    at: datetime
    kind: str
    held: Decimal
    spent: Decimal
    reserved_after: Decimal
    spent_after: Decimal
    sample_id: int | None
    sample_name: str | None
    annotator: str | None
    lead_seconds: float | None
    note: str


class LedgerPage(Schema):
    count: int
    budget: BudgetOut
    items: list[LedgerEntryOut]
