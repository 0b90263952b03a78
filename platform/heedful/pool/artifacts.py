"""The files that are computed a shard at a time, and the rows that say where they are."""

from heedful.core import artifacts
from heedful.pool.models import Shard, ShardArtifact

SUFFIXES = {ShardArtifact.Kind.EMBEDDINGS: "npy", ShardArtifact.Kind.SCORES: "parquet"}


def shard_address(shard: Shard, kind: ShardArtifact.Kind, producer: str) -> str:
    """Where a producer's file for a shard lies; the same for every attempt to write it."""
    return artifacts.url("shards", str(shard.project_id), str(shard.number), f"{kind}-{producer}.{SUFFIXES[kind]}")


def record(shard: Shard, kind: ShardArtifact.Kind, producer: str) -> None:
    """The file is whole; recording it twice is harmless."""
    ShardArtifact.objects.get_or_create(
        shard=shard, kind=kind, producer=producer, defaults={"address": shard_address(shard, kind, producer)}
    )


def recorded(*, project_id: int, kind: ShardArtifact.Kind, producer: str) -> dict[int, str]:
    """Shard id → address of each file that a producer has finished."""
    rows = ShardArtifact.objects.filter(shard__project_id=project_id, kind=kind, producer=producer)
    return dict(rows.order_by("shard__number").values_list("shard_id", "address"))
