"""Which rate holds: an annotator's own before their tier's, and of each the newest that had begun by then."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q
from django.utils import timezone

from heedful.accounts.models import User
from heedful.budgets.models import RateCard
from heedful.core.errors import InvalidInput, NoRate
from heedful.projects.models import Tier


@dataclass(frozen=True, slots=True)
class NewRate:
    """A rate to be added; see RateCard. Without `effective_from` it holds from now on."""

    kind: str
    amount: Decimal
    expected_seconds: float = 36.0
    cap_seconds: float = 120.0
    effective_from: datetime | None = None


def rate_at(*, tier_id: int, annotator_id: int | None, at: datetime) -> RateCard | None:
    """The rate of an answer given at `at`; None while the tier has none at all.

    A tier's first rate holds from the beginning: its answers would have no price else.
    """
    begun = RateCard.objects.filter(effective_from__lte=at).order_by("effective_from", "pk")
    own = begun.filter(annotator_id=annotator_id).last() if annotator_id else None
    first = RateCard.objects.filter(tier_id=tier_id).order_by("effective_from", "pk")
    return own or begun.filter(tier_id=tier_id).last() or first.first()


def current_rate(tier_id: int) -> RateCard:
    """What the tier is paid now. Raises NoRate."""
    rate = rate_at(tier_id=tier_id, annotator_id=None, at=timezone.now())
    if rate is None:
        raise NoRate(f"The {Tier.objects.get(pk=tier_id)} tier has no rate yet; give it one first.")
    return rate


def expected_prices(tier_ids: Iterable[int]) -> dict[int, Decimal]:
    """What an answer of each tier is expected to cost now. Raises NoRate."""
    return {tier_id: current_rate(tier_id).expected_price() for tier_id in set(tier_ids)}


def expert_tier(project_id: int) -> int:
    """The tier that answers where nobody has chosen another."""
    return Tier.objects.values_list("pk", flat=True).get(project_id=project_id, kind=Tier.Kind.EXPERT)


@dataclass(frozen=True, slots=True)
class AskableTier:
    """Whom a sample may be sent to, what one answer is expected to cost, and how many people can answer."""

    tier_id: int
    kind: str
    claimed_accuracy: float
    price: Decimal
    people: int


def askable_tiers(project_id: int) -> list[AskableTier]:
    """The tiers that have a rate and somebody to answer, the experts first."""
    active = Count("annotators", filter=Q(annotators__state="active"), distinct=True)
    tiers = Tier.objects.filter(project_id=project_id, rates__isnull=False).annotate(active=active).distinct()
    experts = Tier.Kind.EXPERT
    found = [
        AskableTier(tier.pk, tier.kind, tier.claimed_accuracy, current_rate(tier.pk).expected_price(), people)
        for tier in tiers.order_by("pk")
        # Experts answer in Label Studio before anybody here knows their names.
        if (people := max(tier.active, 1) if tier.kind == experts else tier.active)
    ]
    return sorted(found, key=lambda tier: tier.kind != experts)


def add_rate(
    *, new: NewRate, tier_id: int | None = None, annotator_id: int | None = None, by: User | None = None
) -> RateCard:
    """Give a tier or an annotator a new rate; what was priced before keeps its own. Raises InvalidInput."""
    if new.cap_seconds < new.expected_seconds:
        raise InvalidInput("The cap must not be below the expected time of an answer.", field="cap_seconds")
    return RateCard.objects.create(
        tier_id=tier_id,
        annotator_id=annotator_id,
        kind=new.kind,
        amount=new.amount,
        expected_seconds=new.expected_seconds,
        cap_seconds=new.cap_seconds,
        effective_from=new.effective_from or timezone.now(),
        created_by=by,
    )


def cheapest_price(project_id: int) -> Decimal:
    """The least that a label is expected to cost now, over the tiers that have a rate."""
    tiers = Tier.objects.filter(project_id=project_id, rates__isnull=False).values_list("pk", flat=True)
    return min(expected_prices(tiers).values())


def rates_of(project_id: int) -> list[RateCard]:
    """Every card of the project's tiers and annotators, the newest first."""
    cards = RateCard.objects.filter(Q(tier__project=project_id) | Q(annotator__project=project_id))
    return list(cards.select_related("tier", "annotator", "created_by").order_by("-effective_from", "-pk"))


def current_of(cards: Sequence[RateCard]) -> list[RateCard]:
    """Which of `cards`, the newest first, their owner is paid by now."""
    owners: dict[tuple[int | None, int | None], list[RateCard]] = {}
    for card in cards:
        owners.setdefault((card.tier_id, card.annotator_id), []).append(card)
    now = timezone.now()
    begun = {owner: [card for card in own if card.effective_from <= now] for owner, own in owners.items()}
    return [(begun[owner] or own[-1:])[0] for owner, own in owners.items() if begun[owner] or owner[0]]
