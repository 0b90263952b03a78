"""Many pictures, looked at through one method."""

from typing import Any

from heedful.core import artifacts
from heedful.inspection.looking import picture_address
from heedful.inspection.models import Inspection
from heedful.pool.models import Sample
from ml.errors import UnreadablePicture
from ml.explain.catalogue import find
from ml.explain.method import checked_settings
from workers.files import CORES, explained
from workers.inspecting import PICTURES, Look, looked_at
from workers.maps import Picture
from workers.running import RunningJob


def inspect_pictures(running: RunningJob) -> None:
    """One after another, each kept when it is done; a kill costs one. Raises BrokenMethod, BadSetting,
    NotExplainable."""
    inspection = Inspection.objects.select_related("model").get(pk=running.arguments["inspection_id"])
    look = _look(inspection)
    total = len(inspection.pictures)
    for place in range(len(inspection.found), total):
        inspection.found.append(_found(look, inspection, place))
        inspection.save(update_fields=["found"])
        running.progress(place + 1, total, "pictures")


def _look(inspection: Inspection) -> Look:
    model, method = inspection.model, find(inspection.method)
    opened = explained(model.graph_address, threads=CORES)
    places = tuple(opened.classes.index(name) for name in inspection.classes if name in opened.classes)
    settings = checked_settings(method, inspection.settings)
    return Look(opened, model.content_hash, method, settings, inspection.top, places)


def _found(look: Look, inspection: Inspection, place: int) -> dict[str, Any]:
    try:
        found = looked_at(look, _picture(inspection.pictures[place]))
    except UnreadablePicture as error:
        return {"error": str(error).removeprefix("picture: "), "maps": []}
    except Sample.DoesNotExist:
        return {"error": "The sample is gone.", "maps": []}
    for what in PICTURES:
        content, found[what] = found[what], None
        if content is not None:
            found[what] = picture_address(inspection, place, what)
            artifacts.write(found[what], content)
    return {"error": "", **found}


def _picture(asked: dict[str, Any]) -> Picture:
    if "address" in asked:
        return Picture.sent(artifacts.read(asked["address"]))
    return Picture.of(Sample.objects.get(pk=asked["sample_id"]))
