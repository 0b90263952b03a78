"""Background jobs."""

from datetime import datetime

from ninja import Schema

from heedful.api.schemas.common import JobState


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
