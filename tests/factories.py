"""Small real things to test with, made through the same services as in production wherever there is one."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.utils import timezone
from PIL import Image

from heedful.accounts.models import User
from heedful.acquisition.choices import ChosenSample
from heedful.acquisition.models import QueryRound, QueueItem
from heedful.acquisition.services import fill_round, open_round
from heedful.budgets.rates import NewRate
from heedful.budgets.services import NewBudget
from heedful.labeling.inbox import apply_answer
from heedful.labeling.label_studio.answers import Answer
from heedful.labeling.models import Annotator
from heedful.labeling.pricing import add_rate, assign
from heedful.pool.models import Sample, Shard, Source
from heedful.projects.models import Project, Tier
from heedful.projects.services import NewProject
from heedful.quality.services import settle_labels
from heedful.triggers.setup import set_up_project

NO_COST, FALSE_ALARM, MISS = Decimal(0), Decimal(5), Decimal(100)


def make_project(
    *, owner: User, limit: Decimal = Decimal(100), rate: str = "per_label", name: str = "Cells"
) -> Project:
    return set_up_project(
        new=NewProject(
            name=name,
            problem="image_classification",
            backbone="efficientnet-lite0",
            classes=[("good", "#2f9e7a"), ("defective", "#d9480f")],
            costs=[[NO_COST, FALSE_ALARM], [MISS, NO_COST]],
            round_size=10,
            gold_size=5,
            control_share=0.1,
        ),
        budget=NewBudget(
            currency="USD",
            limit=limit,
            rate_kind=rate,
            rate_amount=Decimal(1) if rate == "per_label" else Decimal(100),
        ),
        owner=owner,
    )


def make_grading(*, owner: User) -> Project:
    """Good, and three kinds of defect: a crack called a break costs 2, either of them called good 100."""
    amounts = [[0, 5, 5, 5], [100, 0, 2, 9], [100, 2, 0, 9], [20, 9, 9, 0]]
    return set_up_project(
        new=NewProject(
            name="Grading",
            problem="image_classification",
            backbone="efficientnet-lite0",
            classes=[("good", "#2f9e7a"), ("crack", "#d9480f"), ("break", "#c92a2a"), ("soiled", "#868e96")],
            costs=[[Decimal(amount) for amount in row] for row in amounts],
            round_size=10,
            gold_size=5,
            control_share=0.1,
        ),
        budget=NewBudget(currency="USD", limit=Decimal(100), rate_kind="per_label", rate_amount=Decimal(1)),
        owner=owner,
    )


def make_pool(project: Project, *, size: int) -> list[Sample]:
    """Samples in one shard; their pictures are not there, for tests that never open one."""
    source = Source.objects.create(
        project=project, kind=Source.Kind.FOLDER, name="made", address="/nowhere", state=Source.State.DONE
    )
    shard = Shard.objects.create(project=project, number=project.shards.count() + 1, size=size)
    return Sample.objects.bulk_create(
        Sample(
            project=project,
            source=source,
            content_hash=f"{shard.number}-{row}",
            name=f"{row}.png",
            address=f"file:///nowhere/{row}.png",
            width=32,
            height=32,
            group=f"{shard.number}-{row}",
            shard=shard,
            row=row,
        )
        for row in range(size)
    )


def chosen(sample: Sample, *, tier_id: int | None = None, answers: int = 1) -> ChosenSample:
    return ChosenSample(
        sample_id=sample.pk,
        strategy="uniform",
        score=0.5,
        selection_probability=0.5,
        reason="Because the test says so.",
        probabilities=None,
        tier_id=tier_id,
        answers=answers,
    )


def queue(
    project: Project, samples: Sequence[Sample], kind: QueryRound.Kind = QueryRound.Kind.QUERY
) -> list[QueueItem]:
    """An open round that asks about these samples, as if it had been sent."""
    query_round = open_round(project_id=project.pk, kind=kind, size=len(samples), model_number=None)
    choices = [chosen(sample) for sample in samples]
    fill_round(round_id=query_round.pk, strategy="by hand", choices=choices)
    QueryRound.objects.filter(pk=query_round.pk).update(state=QueryRound.State.OPEN)
    query_round.items.update(state=QueueItem.State.SENT)
    return list(query_round.items.order_by("rank"))


def answer(
    item: QueueItem,
    choice: str | None,
    *,
    external_id: int | None = None,
    lead_time: float = 36.0,
    minutes: float = 0,
    person: int = 1,
) -> Answer:
    """What Label Studio says of an item; `choice` is a class's name, None for a skip. `minutes` orders the news."""
    project = item.round.project
    at = timezone.now() + timedelta(minutes=minutes)
    return Answer(
        external_id=external_id or item.pk,
        unique_id=None,
        project_id=1,
        task_id=item.pk,
        queue_item=item.pk,
        completed_by=person,
        choice=None if choice is None else str(project.label_classes.get(name=choice).pk),
        skipped=choice is None,
        lead_time=lead_time,
        accepted_prediction=False,
        created_at=at,
        updated_at=at,
    )


def know(project: Project, person: int = 1, tier: str = "expert") -> Annotator:
    """The annotator behind a Label Studio user, assigned to a tier if they were not yet."""
    annotator, _ = Annotator.objects.get_or_create(project=project, external_id=person)
    if annotator.tier is None:
        assign(annotator=annotator, tier=tier_of(project, tier))
    return annotator


def tier_of(project: Project, kind: str, *, amount: Decimal = Decimal("0.1")) -> Tier:
    """The project's tier of that kind; one that is new is paid `amount` a label."""
    tier, made = Tier.objects.get_or_create(project=project, kind=kind)
    if made:
        add_rate(project_id=project.pk, tier_id=tier.pk, new=NewRate(kind="per_label", amount=amount))
    return tier


def hear(item: QueueItem, choice: str | None, *, tier: str | None = "expert", **details: float | int | None) -> None:
    """Label Studio tells us of an answer of somebody in that tier; of somebody unknown if it is None."""
    if tier:
        know(item.round.project, int(details.get("person") or 1), tier)
    apply_answer(
        project_id=item.round.project_id,
        answer=answer(item, choice, **details),  # type: ignore[arg-type]
        settle=settle_labels,
    )


def write_picture(path: Path, *, color: tuple[int, int, int] = (10, 20, 30), size: tuple[int, int] = (40, 30)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path)
    return path
