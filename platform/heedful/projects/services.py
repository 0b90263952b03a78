"""Creating a project: its classes, the cost of each mistake, its budget and its rate, all or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from django.db import transaction

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, Membership, User
from heedful.core.errors import InvalidInput
from heedful.projects.backbones import require_backbone
from heedful.projects.models import LabelClass, MisclassificationCost, Project, Tier
from heedful.projects.querying import checked_plan


@dataclass(frozen=True, slots=True)
class NewProject:
    """`costs[true][predicted]` in class order. Checked when the project is made, so that any caller may fill it."""

    name: str
    problem: str
    backbone: str
    classes: Sequence[tuple[str, str]]
    costs: Sequence[Sequence[Decimal]]
    round_size: int
    gold_size: int
    control_share: float
    seed: int = 0
    simulated_experts: bool = False
    notice: str = ""


@transaction.atomic
def create_project(*, new: NewProject, owner: User) -> Project:
    """Create the project with its classes, costs and tier of experts. Raises InvalidInput, which names the field."""
    _check(new)
    project = Project.objects.create(
        name=new.name.strip(),
        problem=new.problem,
        backbone=new.backbone,
        round_size=new.round_size,
        gold_size=new.gold_size,
        control_share=new.control_share,
        seed=new.seed,
        simulated_experts=new.simulated_experts,
        notice=new.notice,
    )
    Membership.objects.create(user=owner, project=project, role=Membership.Role.OWNER)
    Tier.objects.create(project=project, kind=Tier.Kind.EXPERT)
    classes = LabelClass.objects.bulk_create(
        LabelClass(project=project, name=name.strip(), color=color, position=position)
        for position, (name, color) in enumerate(new.classes)
    )
    MisclassificationCost.objects.bulk_create(
        MisclassificationCost(project=project, true_class=true, predicted_class=predicted, amount=amount)
        for true, row in zip(classes, new.costs, strict=True)
        for predicted, amount in zip(classes, row, strict=True)
        if true != predicted
    )
    record(project_id=project.pk, by=owner, action=AuditEntry.Action.PROJECT_CREATED, subject=project.name)
    return project


def _check(new: NewProject) -> None:
    require_backbone(new.backbone)
    names = [name.strip() for name, _ in new.classes]
    if len(names) < 2:
        raise InvalidInput("One class leaves nothing to tell apart: add a second.", field="classes")
    if not all(names):
        raise InvalidInput("Give every class a name.", field="classes")
    if len({name.casefold() for name in names}) < len(names):
        raise InvalidInput("Two classes have the same name; rename one.", field="classes")
    size = len(names)
    if len(new.costs) != size or any(len(row) != size for row in new.costs):
        raise InvalidInput(f"The cost matrix must have {size} rows of {size} amounts.", field="costs")
    for true, said in product(range(size), repeat=2):
        amount, field = new.costs[true][said], f"costs.{true}.{said}"
        if true == said and amount:
            raise InvalidInput(f"Being right costs nothing: {names[true]} called {names[said]} must be 0.", field=field)
        if amount < 0:
            raise InvalidInput(
                f"A mistake cannot cost less than nothing: {names[true]} called {names[said]} must be 0 or more.",
                field=field,
            )
    if not any(amount for row in new.costs for amount in row):
        raise InvalidInput("Some mistake must cost something, or no model is better than another.", field="costs")
    if new.control_share >= 1:
        raise InvalidInput("The random control must leave places for chosen samples.", field="control_share")


# What a setting may be, and the sentence that says so.
MOST_GOLD_ANSWERS = 20
LIMITS: Mapping[str, tuple[float, float, str]] = {
    "item_days": (1, 3650, "Give an item between 1 and 3,650 days."),
    "agreement_bar": (0, 1, "The bar is a share: 0 asks nothing again, 1 asks until it is certain."),
    "gold_answers": (1, MOST_GOLD_ANSWERS, f"Gold takes 1 to {MOST_GOLD_ANSWERS} answers a sample."),
    "honeypot_share": (0, 0.5, "At most half of a round may be honeypots; 0 mixes none in."),
    "honeypot_bar": (0, 1, "The bar is the share of honeypots to be right in: 0 pauses nobody, 1 allows no mistake."),
    "honeypot_minimum": (1, 1000, "Judge nobody by fewer than 1 honeypot, nor wait for more than 1,000."),
    "foreign_share": (0, 0.5, "At most half may be taken for foreign; 0 guards nothing."),
    "noise_bound": (0, 1, "The bound is a share of decisions."),
    "nonsense_bound": (0, 1, "The bound is a share of nonsense pictures."),
    "blind_share": (0, 1, "The blind share is between 0, which shows everything, and 1."),
}


def _check_limits(changes: Mapping[str, object]) -> None:
    for field, value in changes.items():
        if field in LIMITS and isinstance(value, int | float):
            low, high, sentence = LIMITS[field]
            if not low <= value <= high:
                raise InvalidInput(sentence, field=field)


@transaction.atomic
def change_project(*, project: Project, changes: Mapping[str, object], by: User | None) -> None:
    """Change the settings named in `changes`. Raises InvalidInput, which names the field."""
    if changes.get("control_share") == 1:
        raise InvalidInput("The random control must leave places for chosen samples.", field="control_share")
    _check_limits(changes)
    if "query_plan" in changes:
        changes = {**changes, "query_plan": checked_plan(changes["query_plan"])}
    before = Project.objects.select_for_update().filter(pk=project.pk).values(*changes).get() if changes else {}
    Project.objects.filter(pk=project.pk).update(**changes)
    record(project_id=project.pk, by=by, action=AuditEntry.Action.SETTINGS, before=before, after=changes)


@transaction.atomic
def set_tier(*, project_id: int, kind: Tier.Kind, claimed_accuracy: float, by: User | None) -> Tier:
    """Give the project a tier of that kind, or change what is expected of it. A new one needs a rate, too."""
    tier = Tier.objects.filter(project_id=project_id, kind=kind).first()
    before = {"claimed_accuracy": tier.claimed_accuracy} if tier else None
    tier, _ = Tier.objects.update_or_create(
        project_id=project_id, kind=kind, defaults={"claimed_accuracy": claimed_accuracy}
    )
    record(
        project_id=project_id,
        by=by,
        action=AuditEntry.Action.TIER,
        subject=tier.kind,
        before=before,
        after={"claimed_accuracy": claimed_accuracy},
    )
    return tier
