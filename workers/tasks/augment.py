"""A few samples as deep runs would see them, drawn by the very code that changes pictures while they learn."""

import hashlib
from io import BytesIO

from PIL import Image

from heedful.core import artifacts
from heedful.projects.models import Project
from heedful.registry.augmentation import record_preview, samples_to_show
from ml.arrays import Pixels
from ml.inference.embedding import pixels
from workers.augmenting import policies_of
from workers.backbones import spec_of
from workers.files import source
from workers.running import RunningJob

VERSIONS = 6


def draw_preview(running: RunningJob) -> None:
    project = Project.objects.get(pk=running.job.project_id)
    options = running.job.arguments["options"]
    policies = policies_of(options)
    size = spec_of(project.backbone).preprocessing.size
    samples, rows = samples_to_show(project), []
    for number, sample in enumerate(samples):
        seen = pixels(source(sample.address), size)
        versions = [
            {"policy": name, "address": _stored(project, policy.view(seen, [project.seed, 4, 0, view, number]))}
            for name, policy in policies.items()
            for view in range(1, 1 + VERSIONS // len(policies))
        ]
        rows.append({"sample_id": sample.pk, "original": _stored(project, seen), "versions": versions})
        running.progress(number + 1, len(samples), "samples")
    record_preview(project_id=project.pk, body={"options": options, "rows": rows})


def _stored(project: Project, picture: Pixels) -> str:
    """Without loss, so that what is shown is what is learned from."""
    out = BytesIO()
    Image.fromarray(picture).save(out, "PNG")
    content = out.getvalue()
    address = artifacts.url("augmentation", str(project.pk), f"{hashlib.sha256(content).hexdigest()[:24]}.png")
    artifacts.write(address, content)
    return address
