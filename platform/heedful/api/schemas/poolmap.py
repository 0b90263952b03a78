"""How the map of the pool stands, and what its points can be coloured by."""

from datetime import datetime

from ninja import Schema


class PoolMapOut(Schema):
    """`size` is 0 until the map is drawn. `missing`: samples that joined the pool since. `stale`: it is of another
    backbone than the champion's. `kept`: how far neighbours on it are neighbours for the model, too, 0..1."""

    size: int
    missing: int
    stale: bool
    kept: float | None
    backbone: str | None
    made_at: datetime | None
    live: bool
    done: int
    total: int
    error: str
    classes: list[str]
    rounds: list[str]
    sources: list[str]
