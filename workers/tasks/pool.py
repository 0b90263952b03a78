"""Importing pictures."""

from heedful.pool.services import import_source
from workers.running import RunningJob


def import_pictures(running: RunningJob) -> None:
    import_source(
        source_id=running.arguments["source_id"],
        on_progress=lambda done, total: running.progress(done, total, "pictures"),
    )
