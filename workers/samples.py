"""Samples as reports name them, and what they can be told apart by."""

from collections.abc import Sequence
from typing import Any

from heedful.acquisition.models import QueueItem
from heedful.pool.models import Sample
from ml.evaluation.slices import binned


def named(sample: Sample) -> dict[str, Any]:
    return {
        "sample_id": sample.pk,
        "name": sample.name,
        "width": sample.width,
        "height": sample.height,
        "picture_address": sample.address,
    }


def columns_of(samples: Sequence[Sample]) -> dict[str, list[str]]:
    """Their columns, where they came from, the round and the tier that answered; each as kinds that can be held against
    one another. `source` must be loaded."""
    asked: dict[int, tuple[int, str]] = {
        sample_id: (number, tier)
        for sample_id, number, tier in QueueItem.objects.filter(
            sample_id__in=[one.pk for one in samples], state=QueueItem.State.ANSWERED, honeypot=False
        )
        .order_by("pk")
        .values_list("sample_id", "round__number", "tier__kind")
    }
    rounds = [asked.get(one.pk) for one in samples]
    raw: dict[str, list[object]] = {
        "source": [one.source.name for one in samples],
        "round": [None if one is None else f"round {one[0]}" for one in rounds],
        "tier": [None if one is None else one[1] for one in rounds],
    }
    names = sorted({name for one in samples for name in one.metadata})
    raw |= {name: [one.metadata.get(name) for one in samples] for name in names}
    kinds = {name: binned(values) for name, values in raw.items()}
    return {name: values for name, values in kinds.items() if values is not None}
