"""What the predictor answers of neighbours in the embedding."""

from collections.abc import Mapping
from typing import Any

from heedful.quality.models import Snapshot
from heedful.quality.services import read_snapshot
from ml.evaluation.mistakes import nearest
from workers.files import gather, load_array


def nearest_known(order: Mapping[str, Any], _: bytes) -> Mapping[str, Any]:
    """The samples of a snapshot that are nearest to one, itself left out."""
    sample_id, *place = order["sample"]
    known = [one for one in read_snapshot(Snapshot(address=order["snapshot"])) if one.sample_id != sample_id]
    if not known:
        return {"neighbours": []}
    places = [(one.shard_id, one.row) for one in known]
    needed = {shard_id for shard_id, _ in [*places, tuple(place)]}
    shards = {shard_id: load_array(address) for shard_id, address in order["embeddings"] if shard_id in needed}
    rows, distances = nearest(gather(shards, [(place[0], place[1])]), gather(shards, places), order["most"])
    return {
        "neighbours": [
            {"sample_id": known[row].sample_id, "position": known[row].position, "distance": apart}
            for row, apart in zip(rows[0].tolist(), distances[0].tolist(), strict=True)
        ]
    }
