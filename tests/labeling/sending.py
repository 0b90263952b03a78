"""Rounds ready to be sent to the suite's one real Label Studio, and what then stands there."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from django.db.models import Sum

from heedful.acquisition.choices import ChosenSample
from heedful.acquisition.models import Explanation, QueryRound, QueueItem
from heedful.acquisition.reranking import rerank, untouched
from heedful.acquisition.services import explain_items, fill_round, open_round
from heedful.core import artifacts
from heedful.labeling.models import LabelingTask, LabelStudioProject
from heedful.pool.models import Sample
from heedful.projects.models import Project
from tests.factories import make_pool, write_picture
from tests.services import RunningLabelStudio


def ready_round(project: Project, folder: Path, *, size: int) -> QueryRound:
    """A round that is chosen, reserved and explained; its pictures and overlays are real files below `folder`."""
    samples = make_pool(project, size=size)
    for sample in samples:
        sample.address = f"file://{write_picture(folder / sample.name)}"
    Sample.objects.bulk_update(samples, ["address"])
    query_round = open_round(project_id=project.pk, kind=QueryRound.Kind.QUERY, size=size, model_number=None)
    fill_round(round_id=query_round.pk, strategy="by hand", choices=[_choice(sample) for sample in samples])
    explain_items(explanations=[_explanation(item, folder) for item in query_round.items.order_by("rank")])
    query_round.refresh_from_db()
    return query_round


def _choice(sample: Sample) -> ChosenSample:
    return ChosenSample(
        sample_id=sample.pk,
        strategy="margin",
        score=0.5,
        selection_probability=0.5,
        reason=f"Because {sample.name} is close.",
        probabilities=[0.25, 0.75],
    )


def _explanation(item: QueueItem, folder: Path) -> Explanation:
    overlay = f"file://{write_picture(folder / f'{item.pk}-overlay.png', color=(200, 0, item.rank))}"
    return Explanation(
        item=item,
        method=Explanation.Method.ENERGY,
        producer="test",
        map_address=artifacts.url("unused.npy"),
        overlay_address=overlay,
        heat_address=overlay,
    )


def ranked_again(query_round: QueryRound, folder: Path, *, lost: Sequence[int] = ()) -> None:
    """By a champion that is sure of the opposite, and would ask in the opposite order."""
    items = list(untouched(query_round).order_by("-rank"))
    for item in items:
        item.reason, item.probabilities = f"Because the champion says so of {item.sample}.", [0.9, 0.1]
    explanations = [_explanation(item, folder / "again") for item in items]
    rerank(round_id=query_round.pk, model_number=2, refreshed=items, explanations=explanations, lost=lost)


def mirror_of(project: Project) -> LabelStudioProject:
    """The queue of the project's experts in Label Studio."""
    return LabelStudioProject.objects.get(tier__project=project, tier__kind="expert")


def tasks_there(server: RunningLabelStudio, project: Project) -> list[Any]:
    """Every task of the project's mirror, as Label Studio's own API lists it."""
    found = _get(server, "/api/tasks/", project=mirror_of(project).external_id, fields="all", page_size=500)
    return list(found["tasks"])


def next_task(server: RunningLabelStudio, project: Project) -> Any:
    """The task that Label Studio would hand to its administrator now."""
    return _get(server, f"/api/projects/{mirror_of(project).external_id}/next")


def delete_task_there(server: RunningLabelStudio, task_id: int) -> None:
    """By hand, as anybody with an account can."""
    _client(server).delete(f"/api/tasks/{task_id}/").raise_for_status()


def draft_there(server: RunningLabelStudio, task: int) -> None:
    """Somebody has begun to answer, and not submitted yet."""
    draft = {"result": [], "lead_time": 1}
    _client(server).post(f"/api/tasks/{task}/drafts", json=draft).raise_for_status()


def task_id(item: QueueItem) -> int:
    found = LabelingTask.objects.get(item=item).external_id
    assert found is not None
    return found


def books(project: Project) -> tuple[Decimal, Decimal]:
    """(reserved, spent), after checking that the ledger says the same."""
    project.budget.refresh_from_db()
    sums = project.ledger.aggregate(held=Sum("held"), spent=Sum("spent"))
    assert (sums["held"], sums["spent"]) == (project.budget.reserved, project.budget.spent)
    return project.budget.reserved, project.budget.spent


def _get(server: RunningLabelStudio, path: str, **params: Any) -> Any:
    return _client(server).get(path, params=params).raise_for_status().json()


def _client(server: RunningLabelStudio) -> httpx.Client:
    # Nothing is kept open, so there is nothing to close.
    return httpx.Client(
        base_url=server.url,
        headers={"Authorization": f"Token {server.token}"},
        timeout=60,
        limits=httpx.Limits(max_keepalive_connections=0),
    )
