"""What was found out about a version by looking into it: asked for by a person, found out by a worker, kept one a kind.

The worker's task of a kind describes the form of its body. An artifact's address in it is under a name that ends in
`_address`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from heedful.core.errors import Conflict
from heedful.core.signing import media_url
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.pool.models import Sample
from heedful.projects.models import Project
from heedful.quality.services import labels_mark
from heedful.registry.models import ModelReport, ModelVersion

KIND = ModelReport.Kind
LIVE = (Job.State.QUEUED, Job.State.RUNNING)
JOBS: Mapping[str, Job.Kind] = {
    KIND.TRUST: Job.Kind.MEASURE_TRUST,
    KIND.ERRORS: Job.Kind.FIND_ERRORS,
    KIND.ATTENTION: Job.Kind.MEASURE_ATTENTION,
    KIND.COMPARISON: Job.Kind.COMPARE_VERSIONS,
    KIND.ROBUSTNESS: Job.Kind.MEASURE_ROBUSTNESS,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A report as it is now, and the job that makes it anew, if one does or failed to."""

    report: ModelReport | None
    job: Job | None

    @property
    def outdated(self) -> bool:
        """Labels have changed since; known of the reports that keep a mark of theirs."""
        mark = self.report.body.get("labels_mark") if self.report else None
        return self.report is not None and mark is not None and mark != labels_mark(self.report.model.project_id)

    @property
    def live(self) -> bool:
        return self.job is not None and self.job.state in LIVE

    @property
    def error(self) -> str:
        return self.job.error if self.job is not None and self.job.state == Job.State.FAILED else ""


def standing(model: ModelVersion, kind: str, subject: str = "") -> Standing:
    report = model.reports.filter(kind=kind, subject=subject).first()
    return Standing(report, Job.objects.filter(key=_key(model, kind, subject)).first())


@transaction.atomic
def request_report(*, model: ModelVersion, kind: str, subject: str = "") -> Job:
    """Have a worker find it out, also if it was before. Raises Conflict while gold, which all are measured on, has no
    labels."""
    if not Sample.objects.filter(project_id=model.project_id).gold().filter(label__isnull=False).exists():
        raise Conflict("The gold set has no labels, so that nothing can be measured on it. Label it first.")
    # One that failed is begun again by the same button.
    Job.objects.filter(key=_key(model, kind, subject), state__in=[Job.State.FAILED, Job.State.CANCELLED]).delete()
    told = f"version {model.number}, {subject}" if subject else f"version {model.number}"
    return enqueue(
        JOBS[kind],
        key=f"{model.pk}:{subject}",
        project_id=model.project_id,
        subject=told,
        model_id=model.pk,
        of=subject,
    )


def attention_alarms(project: Project) -> dict[int, list[str]]:
    """What versions may look at wrongly, in sentences, by the version's key."""
    found = ModelReport.objects.filter(model__project=project, kind=KIND.ATTENTION)
    return {model_id: alarms for model_id, alarms in found.values_list("model_id", "body__alarms") if alarms}


def look_into(model: ModelVersion) -> None:
    """What is cheap to find out and worth knowing of every new version: what it gained on the one before it, and what
    it looks at."""
    before = model.project.models.filter(number__lt=model.number).order_by("-number")
    beaten = before.filter(state__in=[ModelVersion.State.CHAMPION, ModelVersion.State.RETIRED]).first()
    if beaten:
        request_report(model=model, kind=KIND.COMPARISON, subject=str(beaten.number))
    request_report(model=model, kind=KIND.ATTENTION)


def record_report(*, model_id: int, kind: str, body: Mapping[str, Any], subject: str = "") -> ModelReport:
    report, _ = ModelReport.objects.update_or_create(
        model_id=model_id, kind=kind, subject=subject, defaults={"body": dict(body)}
    )
    return report


def signed(body: Any) -> Any:
    """The body as it may leave: an artifact's address becomes a URL that carries its permission, under a name that ends
    in `_url`."""
    if isinstance(body, list):
        return [signed(one) for one in body]
    if not isinstance(body, dict):
        return body
    return {
        name.removesuffix("_address") + "_url" if name.endswith("_address") else name: media_url(value)
        if name.endswith("_address") and value
        else signed(value)
        for name, value in body.items()
    }


def _key(model: ModelVersion, kind: str, subject: str) -> str:
    return f"{JOBS[kind]}:{model.pk}:{subject}"
