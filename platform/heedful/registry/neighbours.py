"""What a version had learned from that is most like a sample: found by the predictor, which reads the embeddings."""

from dataclasses import dataclass

from heedful.core.errors import Conflict
from heedful.pool.artifacts import recorded
from heedful.pool.models import Sample, ShardArtifact
from heedful.projects.models import LabelClass
from heedful.registry import predictor
from heedful.registry.models import ModelVersion


@dataclass(frozen=True, slots=True)
class Neighbour:
    """distance: of directions in the embedding, 0 (the same) to 2."""

    sample: Sample
    label: LabelClass
    distance: float


def nearest_known(*, model: ModelVersion, sample: Sample, most: int) -> list[Neighbour]:
    """The nearest first, with the label that the version learned. Raises Conflict, PredictorUnavailable."""
    addresses = recorded(project_id=model.project_id, kind=ShardArtifact.Kind.EMBEDDINGS, producer=model.backbone.key)
    if sample.shard_id not in addresses:
        raise Conflict(f"{sample.name} is not embedded under {model.backbone.name}, so that nothing is known near it.")
    found = predictor.nearest(
        {
            "snapshot": model.run.snapshot.address,
            "embeddings": [[shard_id, address] for shard_id, address in addresses.items()],
            "sample": [sample.pk, sample.shard_id, sample.row],
            "most": most,
        }
    )
    samples = Sample.objects.in_bulk([one["sample_id"] for one in found])
    classes = model.project.classes()
    return [
        Neighbour(samples[one["sample_id"]], classes[one["position"]], one["distance"])
        for one in found
        if one["sample_id"] in samples
    ]
