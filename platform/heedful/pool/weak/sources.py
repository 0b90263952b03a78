"""Weak sources: made, run over the pool, switched off, taken away."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.core import artifacts
from heedful.core.errors import InvalidInput, NotAllowed, NotFound
from heedful.jobs.models import Job
from heedful.jobs.services import enqueue
from heedful.pool.models import WeakSource
from heedful.pool.weak.collector import labels_of_pages
from heedful.pool.weak.functions import run_function
from heedful.pool.weak.labels import ClassNames, Outcome, Refused, replace_labels
from heedful.pool.weak.matching import Finder, by_identity, by_metadata
from heedful.pool.weak.tables import Columns, Record, rows_of_table
from heedful.projects.models import Project

Progress = Callable[[int, int], None]


@transaction.atomic
def put_source(
    *,
    project: Project,
    kind: WeakSource.Kind,
    name: str,
    claimed_accuracy: float,
    how: Mapping[str, Any],
    by: User | None,
) -> WeakSource:
    """`keep_source`, and have it run over the pool."""
    source = keep_source(project=project, kind=kind, name=name, claimed_accuracy=claimed_accuracy, how=how, by=by)
    run_source(source)
    return source


@transaction.atomic
def keep_source(
    *,
    project: Project,
    kind: WeakSource.Kind,
    name: str,
    claimed_accuracy: float,
    how: Mapping[str, Any],
    by: User | None,
) -> WeakSource:
    """Make a source, or give the one of that name a newer table or code.

    Raises InvalidInput for a name or claim that cannot be used, NotAllowed for functions where the server allows none.
    """
    _check(name=name, claimed_accuracy=claimed_accuracy)
    if kind == WeakSource.Kind.FUNCTION and not settings.LABELING_FUNCTIONS:
        raise NotAllowed("This server runs no labeling functions; HEEDFUL_LABELING_FUNCTIONS=true allows them.")
    Project.objects.select_for_update().get(pk=project.pk)
    existing = project.weak_sources.filter(name=name).first()
    if existing and existing.kind != kind:
        raise InvalidInput(f"There is a {existing.kind} named {name} already; choose another name.", field="name")
    if existing and existing.settings.get("address") not in (None, how.get("address")):
        transaction.on_commit(lambda: artifacts.delete(existing.settings["address"]))
    source, _ = WeakSource.objects.update_or_create(
        project=project,
        name=name,
        defaults={"kind": kind, "claimed_accuracy": claimed_accuracy, "settings": dict(how)},
    )
    before = {"claimed_accuracy": existing.claimed_accuracy, **existing.settings} if existing else None
    after = {"claimed_accuracy": claimed_accuracy, **how}
    _record(source, by, before=before, after=after)
    return source


def _check(*, name: str, claimed_accuracy: float) -> None:
    if not name.strip() or len(name) > 120:
        raise InvalidInput("A name of up to 120 characters tells sources apart.", field="name")
    if not 0 < claimed_accuracy < 1:
        raise InvalidInput("The claimed accuracy lies between 0 and 1, both excluded.", field="claimed_accuracy")


def run_source(source: WeakSource) -> None:
    """Have a worker run it over the pool as it is now."""
    WeakSource.objects.filter(pk=source.pk).update(state=WeakSource.State.WAITING, error="", finished_at=None)
    enqueue(
        Job.Kind.APPLY_WEAK_SOURCE,
        key=f"{source.pk}:{uuid4().hex[:8]}",
        project_id=source.project_id,
        subject=source.name,
        source_id=source.pk,
    )


def run_again(project: Project) -> None:
    """The pool has grown: what sources say of its new samples is found out."""
    for source in project.weak_sources.all():
        run_source(source)


def request_weighing(project_id: int) -> None:
    """Have a worker find out how good the sources are, and what they amount to together."""
    enqueue(Job.Kind.WEIGH_WEAK_LABELS, key=str(project_id), project_id=project_id)


def source_of(project: Project, source_id: int) -> WeakSource:
    source = project.weak_sources.filter(pk=source_id).first()
    if source is None:
        raise NotFound(f"There is no weak source {source_id} in this project.")
    return source


@transaction.atomic
def change_source(
    *, project: Project, source_id: int, enabled: bool | None, claimed_accuracy: float | None, by: User
) -> WeakSource:
    source = source_of(project, source_id)
    before = {"enabled": source.enabled, "claimed_accuracy": source.claimed_accuracy}
    source.enabled = source.enabled if enabled is None else enabled
    source.claimed_accuracy = source.claimed_accuracy if claimed_accuracy is None else claimed_accuracy
    _check(name=source.name, claimed_accuracy=source.claimed_accuracy)
    source.save(update_fields=["enabled", "claimed_accuracy"])
    after = {"enabled": source.enabled, "claimed_accuracy": source.claimed_accuracy}
    _record(source, by, before=before, after=after)
    request_weighing(project.pk)
    return source


@transaction.atomic
def delete_source(*, project: Project, source_id: int, by: User) -> None:
    """The source, its labels and its table go; models that learned from them stay."""
    source = source_of(project, source_id)
    if address := source.settings.get("address"):
        transaction.on_commit(lambda: artifacts.delete(address))
    _record(source, by, before={"kind": source.kind, "labels": source.labeled}, after=None)
    source.delete()
    request_weighing(project.pk)


def _record(
    source: WeakSource, by: User | None, *, before: Mapping[str, object] | None, after: Mapping[str, object] | None
) -> None:
    record(
        project_id=source.project_id,
        by=by,
        action=AuditEntry.Action.WEAK_SOURCE,
        subject=source.name,
        before=before,
        after=after,
    )


def apply_source(*, source_id: int, on_progress: Progress) -> WeakSource:
    """Run a source over the pool; its labels become what it says now. Raises NotFound, or InvalidInput when it as a
    whole cannot be run."""
    source = WeakSource.objects.filter(pk=source_id).select_related("project").first()
    if source is None:
        raise NotFound(f"Weak source {source_id} is gone.")
    WeakSource.objects.filter(pk=source_id).update(state=WeakSource.State.RUNNING)
    with _outcomes(source, on_progress) as (total, outcomes):
        replace_labels(source, outcomes, total=total, on_progress=on_progress)
    request_weighing(source.project_id)
    source.refresh_from_db()
    return source


def source_failed(*, source_id: int, error: str) -> None:
    """The run ended early. The labels of the one before stay."""
    WeakSource.objects.filter(pk=source_id).update(
        state=WeakSource.State.FAILED, error=error, finished_at=timezone.now()
    )


@contextmanager
def _outcomes(source: WeakSource, on_progress: Progress) -> Iterator[tuple[int, Iterable[Outcome]]]:
    if source.kind == WeakSource.Kind.FUNCTION:
        outcomes = run_function(
            source.project, source.settings["code"], seconds=settings.LABELING_FUNCTION_SECONDS, on_progress=on_progress
        )
        yield len(outcomes), outcomes
        return
    if source.kind == WeakSource.Kind.COLLECTOR:
        collected = source.project.samples.filter(source_id=source.settings["source_id"])
        yield collected.count(), labels_of_pages(source)
        return
    how = source.settings
    columns = Columns(how["key"], how["label"], how.get("confidence", ""))
    find = by_metadata(source.project, how["metadata_key"]) if how.get("metadata_key") else by_identity(source.project)
    with rows_of_table(how["address"], columns) as (total, rows):
        yield total, _of_table(rows, columns, find, ClassNames(source.project))


def _of_table(rows: Iterable[Record], columns: Columns, find: Finder, names: ClassNames) -> Iterator[Outcome]:
    """A joined table may know of much that is not in the pool; that is refused like any other row."""
    for number, row in enumerate(rows, start=1):
        key = row[columns.key].strip()
        try:
            class_id = names[row[columns.label]]
            confidence = _confidence(row[columns.confidence]) if columns.confidence else None
            yield Outcome(number, key, find(key), class_id, confidence)
        except Refused as refused:
            yield Outcome(number, key, refusal=str(refused))


def _confidence(said: str) -> float | None:
    """Raises Refused for what is no number from 0 to 1."""
    if not said.strip():
        return None
    try:
        value = float(said)
    except ValueError as error:
        raise Refused(f"The confidence “{said}” is no number.") from error
    if not 0 <= value <= 1:
        raise Refused(f"The confidence {said} does not lie between 0 and 1.")
    return value
