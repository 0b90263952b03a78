"""The blind study: answers with and without the model's prediction and heatmap, and what they amount to in a sentence.

Which items go out blind is drawn by chance. Only those count of which a model had said something.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from heedful.labeling.models import Annotation
from heedful.projects.models import Project
from heedful.quality.models import BlindStudy


@dataclass(frozen=True, slots=True)
class StudiedAnswer:
    """`given` is a class position; `probabilities` what the model said, shown or not."""

    annotation_id: int
    annotator_id: int
    sample_id: int
    given: int
    probabilities: list[float]
    seconds: float | None
    blind: bool
    honeypot: bool


def studied_answers(project_id: int) -> list[StudiedAnswer]:
    """Each annotator's newest standing answer to each item, oldest first."""
    rows = (
        Annotation.objects.standing()
        .filter(project_id=project_id, annotator__tier__isnull=False, item__probabilities__isnull=False)
        .order_by("answered_at", "pk")
        .values_list(
            *("pk", "annotator_id", "item_id", "sample_id", "label_class__position"),
            *("item__probabilities", "lead_seconds", "item__blind", "item__honeypot"),
        )
    )
    newest = {(row[1], row[2]): StudiedAnswer(row[0], row[1], *row[3:]) for row in rows}
    return list(newest.values())


@transaction.atomic
def record_study(*, project: Project, body: Mapping[str, Any]) -> BlindStudy:
    study, _ = BlindStudy.objects.update_or_create(
        project=project, defaults={"body": body, "measured_at": timezone.now()}
    )
    return study


def sentence(body: Mapping[str, Any]) -> str:
    """What the study says, no surer than it is."""
    shown, blind = body["shown"], body["blind"]
    compared = f"{shown['right']['of']} answers with it and {blind['right']['of']} without whose truth is known"
    gain = body["more_right"]
    if body["verdict"] == "cannot_tell" or gain is None:
        return f"Whether seeing the model's opinion helps or misleads cannot be told yet: {compared}."
    found = "helps" if body["verdict"] == "helps" else "misleads"
    more = "more" if gain["value"] > 0 else "fewer"
    points, (low, high) = 100 * abs(gain["value"]), sorted(100 * abs(gain[end]) for end in ("low", "high"))
    return (
        f"Seeing the model's opinion {found}: {points:.0f} percentage points {more} answers are right, "
        f"{low:.0f} to {high:.0f} with 95% confidence, from {compared}."
    )
