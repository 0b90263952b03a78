"""When to train: the rules as they stand now, the run that one starts, and the manager's button."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.core.errors import Conflict
from heedful.projects.models import Project
from heedful.registry import services as registry
from heedful.registry.backbones import chosen_anew
from heedful.registry.models import TrainingRun
from heedful.registry.zoo import fine_tunable
from heedful.triggers.costs import expected_cost
from heedful.triggers.facts import Facts, Recorded
from heedful.triggers.kinds import NewRule
from heedful.triggers.models import RetrainRule, TriggerFiring
from heedful.triggers.rules import DEEP, Look, Since, Standing, first_due, standing


def stated(rule: RetrainRule) -> NewRule:
    return NewRule(rule.kind, rule.run_kind, rule.parameters, rule.minimum_labels, rule.enabled)


def standings(project: Project) -> list[tuple[RetrainRule, Standing]]:
    """How far each rule is from firing, in the order in which they were added."""
    rules = list(project.rules.order_by("pk"))
    facts, now = Recorded(project), timezone.now()
    since = {kind: since_last_run(project, kind) for kind in {rule.run_kind for rule in rules}}
    return [(rule, _standing(project, rule, facts, since[rule.run_kind], now)) for rule in rules]


def _standing(project: Project, rule: RetrainRule, facts: Facts, since: Since, now: datetime) -> Standing:
    return standing(
        Look(
            rule=stated(rule),
            facts=facts,
            since=since,
            now=now,
            began=project.created_at,
            stands_since=rule.created_at,
            currency=project.budget.currency,
        )
    )


def since_last_run(project: Project, run_kind: str) -> Since:
    """A deep run has used what a quick one would have, too. One that failed has used its facts as well: a rule that
    fired does not fire again for the same, and what failed is tried again by a person."""
    runs = project.runs.select_related("snapshot").order_by("pk")
    last = (runs.filter(kind=run_kind) if run_kind == DEEP else runs).last()
    if last is None:
        return Since(project.created_at, 0, run=False)
    return Since(last.created_at, last.snapshot.count, run=True)


def due_rule(project: Project) -> tuple[RetrainRule, Standing] | None:
    """The rule to fire now; None while none is due, a run is under way, or nothing could be learned or judged."""
    if registry.live_run(project.pk) or not project.rules.filter(enabled=True).exists():
        return None
    found = standings(project)
    due = first_due([one for _, one in found])
    if due is None or not registry.trainable(project):
        return None
    return next((rule, one) for rule, one in found if one is due)


def untried_backbone(project: Project) -> str:
    """A backbone that was chosen, and that the pool is embedded under, but no run has tried since the champion's; empty
    while there is none or nothing could be learned or judged."""
    name = chosen_anew(project)
    champion = registry.champion(project.pk)
    if not name or champion is None or registry.live_run(project.pk) or not registry.trainable(project):
        return ""
    tried = project.runs.filter(terms__backbone=name, pk__gt=champion.run_id)
    return "" if tried.exists() else name


def training_is_due(project: Project) -> bool:
    return bool(untried_backbone(project)) or due_rule(project) is not None


def until_training(project: Project) -> int | None:
    """How many labels are missing until a rule of which labels alone decide is due; None without such a rule."""
    missing = [
        one.missing_labels for rule, one in standings(project) if rule.enabled and one.missing_labels is not None
    ]
    return min(missing, default=None)


def evaluate_rules(project: Project) -> TrainingRun | None:
    """Start a run if another backbone waits to be tried or a rule is due, and none is under way: called after each
    settled label and by beat.

    A live run debounces: what happens meanwhile counts towards the next.
    """
    try:
        if name := untried_backbone(project):
            return _fire(project, None, TrainingRun.Kind.QUICK, f"{name} was chosen as the backbone.")
        if due := due_rule(project):
            rule, found = due
            kind = TrainingRun.Kind(rule.run_kind) if fine_tunable(project) else TrainingRun.Kind.QUICK
            return _fire(project, rule, kind, found.sentence)
    except Conflict:
        # Another worker was first, or these very labels were already used: both mean that there is nothing to do.
        return None
    return None


@transaction.atomic
def train_now(*, project: Project, kind: TrainingRun.Kind, by: User) -> TrainingRun:
    """The manager's button. Raises what `registry.start_run` raises."""
    run = _fire(project, None, kind, f"Started by {by}")
    record(
        project_id=project.pk,
        by=by,
        action=AuditEntry.Action.RUN_STARTED,
        subject=f"{run.kind} run {run.pk}",
        after={"labels": run.snapshot.count},
    )
    return run


@transaction.atomic
def _fire(project: Project, rule: RetrainRule | None, kind: TrainingRun.Kind, sentence: str) -> TrainingRun:
    length = TriggerFiring._meta.get_field("sentence").max_length
    expected = expected_cost(project, kind)
    run = registry.start_run(project_id=project.pk, kind=kind, reason=sentence[:length])
    TriggerFiring.objects.create(
        rule=rule,
        kind=rule.kind if rule else "",
        run=run,
        sentence=sentence[:length],
        expected_seconds=expected.seconds,
        expected_price=expected.price,
    )
    return run
