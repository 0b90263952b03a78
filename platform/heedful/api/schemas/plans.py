"""What a round is going to ask, before its money is reserved."""

from datetime import datetime
from decimal import Decimal

from ninja import Field, Schema

from heedful.api.schemas.common import RoundKind, RoundState, TierKind


class PlannedTierOut(Schema):
    """What is asked of one tier."""

    tier: TierKind
    samples: int
    answers: int
    price: Decimal


class AskableTierOut(Schema):
    """Whom a planned item may be given to; `people` is how many can answer one sample."""

    id: int
    kind: TierKind
    price: Decimal
    people: int


class PlannedItemOut(Schema):
    id: int
    rank: int
    sample_id: int
    sample_name: str
    picture_url: str
    strategy: str
    reason: str
    tier_id: int
    tier: TierKind
    answers: int
    price: Decimal
    honeypot: bool
    blind: bool


class RerankingOut(Schema):
    """The round was ranked again when this version became champion: `refreshed` waiting items say what it says,
    `outbid` unsent ones were withdrawn, and `released` is what these had reserved."""

    model_number: int
    at: datetime
    refreshed: int
    outbid: int
    released: Decimal


class PlanOut(Schema):
    """The newest round's plan. `price` is what its answers cost if each takes as long as expected, `expected_price`
    what they and those they may lead to are expected to cost; `risk_before` and `risk_after` are what wrong labels are
    expected to cost without and with the answers. None where nothing was weighed up, as for gold. `rerankings` oldest
    first."""

    round_number: int
    kind: RoundKind
    state: RoundState
    opened_at: datetime
    price: Decimal
    expected_price: Decimal | None
    risk_before: Decimal | None
    risk_after: Decimal | None
    leverage: float | None
    honeypots: int
    blind: int
    asked_again: int
    rerankings: list[RerankingOut]
    tiers: list[PlannedTierOut]
    askable: list[AskableTierOut]
    items: list[PlannedItemOut]


class PlannedItemIn(Schema):
    tier_id: int
    answers: int = Field(ge=1, le=20)
