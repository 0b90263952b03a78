"""The map of the pool: every embedded sample as a point."""

import io

import numpy as np

from heedful.core import artifacts
from heedful.core.errors import Conflict
from heedful.pool.models import Sample
from heedful.projects.models import Project
from heedful.registry.poolmap import map_backbone, record_map
from ml.projection import project as projected
from workers.files import shard_embeddings
from workers.running import RunningJob


def project_pool(running: RunningJob) -> None:
    project = Project.objects.get(pk=running.project_id)
    backbone = map_backbone(project)
    if backbone is None:
        raise Conflict("The backbone is not exported yet.")
    embeddings = shard_embeddings(project.pk, backbone.key)
    if not embeddings:
        raise Conflict("The pool is not embedded yet; the map needs that.")
    rows = Sample.objects.filter(shard__in=embeddings).order_by("shard_id", "row").values_list("pk", "shard_id", "row")
    ids = np.array([pk for pk, *_ in rows], np.uint32)
    shards = np.array([shard_id for _, shard_id, _ in rows])
    places = np.array([row for *_, row in rows])
    together = np.concatenate(
        [np.asarray(embeddings[shard_id][places[shards == shard_id]], np.float32) for shard_id in np.unique(shards)]
    )
    found = projected(
        together, seed=project.seed, on_progress=lambda done, total: running.progress(done, total, "samples")
    )
    stream = io.BytesIO()
    np.savez(stream, ids=ids, points=found.points)
    address = artifacts.url("maps-of-pools", str(project.pk), f"{backbone.key}-{len(ids)}.npz")
    artifacts.write(address, stream.getvalue())
    record_map(project=project, backbone=backbone, address=address, size=len(ids), kept=found.kept)
