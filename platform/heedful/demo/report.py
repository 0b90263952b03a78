"""What the demo did, as one JSON line, and whether the three books agree: Label Studio, annotations, ledger."""

from decimal import Decimal
from typing import Any

from heedful.acquisition.models import QueryRound
from heedful.jobs.models import Job
from heedful.labeling.audit import audit
from heedful.labeling.models import Annotation, LabelStudioProject
from heedful.labeling.outbox import connect
from heedful.projects.models import Project
from heedful.registry.models import ModelVersion
from heedful.registry.services import champion


def report(project: Project) -> dict[str, Any]:
    project.budget.refresh_from_db()
    answers = Annotation.objects.filter(project=project, deleted_at=None)
    best = champion(project.pk)
    closed = project.rounds.filter(kind=QueryRound.Kind.QUERY, state=QueryRound.State.CLOSED)
    return {
        "rounds": closed.count(),
        "samples": project.samples.count(),
        "annotations_label_studio": len(_answers_there(project)),
        "annotations": answers.count(),
        "charged": _money(project.budget.spent),
        "reserved": _money(project.budget.reserved),
        "limit": _money(project.budget.limit),
        "champion": best.number if best else None,
        "metrics": [_metrics(project, model) for model in project.models.order_by("number")],
        "seconds": _seconds(project),
        "mismatches": mismatches(project),
    }


def mismatches(project: Project) -> list[str]:
    """Where Label Studio, our annotations and the ledger disagree; empty when all is well."""
    answers = Annotation.objects.filter(project=project, deleted_at=None)
    ours = set(answers.values_list("external_id", flat=True))
    there = _answers_there(project)
    books = [
        ("annotations in Label Studio that we lack", len(there - ours), 0),
        ("annotations of ours that Label Studio lacks", len(ours - there), 0),
    ]
    wrong = [f"{what}: {found} instead of {expected}" for what, found, expected in books if found != expected]
    return [*wrong, *(str(difference) for difference in audit(project.pk).differences)]


def _answers_there(project: Project) -> set[int]:
    mirrors = LabelStudioProject.objects.filter(tier__project=project).values_list("external_id", flat=True)
    return {answer for mirror in mirrors if mirror for answer in connect().project(mirror).all_answer_ids()}


def _metrics(project: Project, model: ModelVersion) -> dict[str, Any]:
    metrics = model.evaluation.metrics
    precision = metrics["average_precision"][project.costly_class()]
    return {
        "version": model.number,
        "labels": model.run.snapshot.count,
        "spent": _money(model.run.spent),
        "expected_cost": round(metrics["expected_cost"]["value"], 4),
        "average_precision": round(precision["value"], 4) if precision else None,
        "state": model.state,
    }


def _seconds(project: Project) -> dict[str, float]:
    """Working time by kind of job, in the job's last run."""
    seconds: dict[str, float] = {}
    for job in Job.objects.filter(project_id=project.pk, state=Job.State.DONE):
        if job.kind not in Job.HOUSEKEEPING and job.started_at and job.finished_at:
            spent = (job.finished_at - job.started_at).total_seconds()
            seconds[job.kind] = round(seconds.get(job.kind, 0.0) + spent, 1)
    return seconds


def _money(amount: Decimal) -> str:
    return f"{amount:.4f}"
