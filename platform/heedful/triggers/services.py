"""When to train: rules over what has happened since the last run, and the manager's button."""

from dataclasses import dataclass

from django.db import transaction

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.core.errors import Conflict
from heedful.pool.models import Sample
from heedful.projects.models import Project
from heedful.quality.models import Label
from heedful.registry import services as registry
from heedful.registry.models import TrainingRun
from heedful.triggers.models import RetrainRule, TriggerFiring


@dataclass(frozen=True, slots=True)
class RuleState:
    """How far a rule is from firing."""

    rule: RetrainRule
    new_labels: int

    @property
    def due(self) -> bool:
        return self.rule.enabled and self.new_labels >= self.rule.threshold

    @property
    def missing(self) -> int:
        return max(self.rule.threshold - self.new_labels, 0)


def rule_state(project: Project) -> RuleState | None:
    """The label-count rule against the labels that settled since the last run's snapshot."""
    rule = project.rules.filter(kind=RetrainRule.Kind.LABEL_COUNT).first()
    if rule is None:
        return None
    labels = Label.objects.filter(sample__project=project, sample__role=Sample.Role.POOL).count()
    last = project.runs.exclude(state=TrainingRun.State.FAILED).order_by("pk").last()
    return RuleState(rule=rule, new_labels=labels - (last.snapshot.count if last else 0))


def evaluate_rules(project: Project) -> TrainingRun | None:
    """Start a run if a rule is due and none is under way: called after each settled label and by beat.

    A live run debounces: labels that settle meanwhile count towards the next.
    """
    state = rule_state(project)
    if state is None or not state.due or registry.live_run(project.pk):
        return None
    sentence = f"{state.new_labels} new labels (rule: {state.rule.threshold})"
    try:
        return _fire(project, state.rule, TrainingRun.Kind.QUICK, sentence)
    except Conflict:
        # Another worker was first, or these very labels were already used: both mean that there is nothing to do.
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
    run = registry.start_run(project_id=project.pk, kind=kind, reason=sentence)
    TriggerFiring.objects.create(rule=rule, run=run, sentence=sentence)
    return run
