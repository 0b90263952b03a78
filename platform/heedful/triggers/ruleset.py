"""The rules of a project as its managers state them; every change is in the audit trail."""

from collections.abc import Mapping
from dataclasses import asdict

from django.db import transaction

from heedful.accounts.audit import record
from heedful.accounts.models import AuditEntry, User
from heedful.core.errors import InvalidInput, NotFound
from heedful.projects.models import Project
from heedful.triggers.kinds import NewRule, checked, described
from heedful.triggers.models import RetrainRule
from heedful.triggers.services import stated

MOST_RULES = 20


@transaction.atomic
def add_rule(*, project: Project, new: NewRule, by: User | None) -> RetrainRule:
    """Raises InvalidInput, which names the field, also for a rule that stands already."""
    Project.objects.select_for_update().get(pk=project.pk)
    rule = checked(new)
    if project.rules.count() >= MOST_RULES:
        raise InvalidInput(f"A project has {MOST_RULES} rules at most; change or delete one.", field="kind")
    _refuse_twin(project, rule)
    made = RetrainRule.objects.create(project=project, **_fields(rule))
    _note(project, rule, by=by, before=None, after=_facts(rule))
    return made


@transaction.atomic
def change_rule(*, project: Project, rule_id: int, new: NewRule, by: User | None) -> RetrainRule:
    """Raises NotFound, or InvalidInput, which names the field. A rule keeps its kind: another is another rule."""
    stood = _locked(project, rule_id)
    if new.kind != stood.kind:
        raise InvalidInput(f"This rule is of kind {stood.kind}; add another rule instead.", field="kind")
    rule, before = checked(new), _facts(stated(stood))
    _refuse_twin(project, rule, but=stood.pk)
    for name, value in _fields(rule).items():
        setattr(stood, name, value)
    stood.save()
    _note(project, rule, by=by, before=before, after=_facts(rule))
    return stood


@transaction.atomic
def delete_rule(*, project: Project, rule_id: int, by: User | None) -> None:
    """Its firings stay in the log. Raises NotFound."""
    stood = _locked(project, rule_id)
    _note(project, stated(stood), by=by, before=_facts(stated(stood)), after=None)
    stood.delete()


def _locked(project: Project, rule_id: int) -> RetrainRule:
    stood = project.rules.select_for_update().filter(pk=rule_id).first()
    if stood is None:
        raise NotFound(f"There is no rule {rule_id} in this project.")
    return stood


def _refuse_twin(project: Project, rule: NewRule, *, but: int | None = None) -> None:
    for other in project.rules.filter(kind=rule.kind, run_kind=rule.run_kind, minimum_labels=rule.minimum_labels):
        if other.pk != but and other.parameters == rule.parameters:
            raise InvalidInput("The very same rule stands already; change that one, or this.", field="kind")


def _fields(rule: NewRule) -> dict[str, object]:
    return {**asdict(rule), "parameters": dict(rule.parameters)}


def _facts(rule: NewRule) -> dict[str, object]:
    return {**rule.parameters, "run": rule.run_kind, "minimum_labels": rule.minimum_labels, "enabled": rule.enabled}


def _note(
    project: Project,
    rule: NewRule,
    *,
    by: User | None,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
) -> None:
    record(
        project_id=project.pk,
        by=by,
        action=AuditEntry.Action.RULE,
        subject=described(rule.kind, rule.parameters, project.budget.currency),
        before=before,
        after=after,
    )
