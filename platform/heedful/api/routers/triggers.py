"""When training runs start: the rules, what they did, and what others would have done."""

from collections.abc import Sequence
from typing import Any, Literal

from django.db.models import Count, Max
from django.http import HttpRequest
from ninja import Router, Status

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of, user_of
from heedful.api.paging import Limit, Offset
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.triggers import (
    DriftOut,
    DriftTestOut,
    DryRunIn,
    DryRunOut,
    ExpectedCostOut,
    FiringOut,
    FiringPage,
    ParameterOut,
    RuleIn,
    RuleKindOut,
    RuleOut,
    RulesOut,
    WouldFireOut,
)
from heedful.core.errors import InvalidInput
from heedful.projects.models import Project
from heedful.registry.models import TrainingRun
from heedful.registry.services import live_run
from heedful.triggers.costs import expected_cost
from heedful.triggers.kinds import KINDS, NewRule, checked, described
from heedful.triggers.loop import request_advance
from heedful.triggers.measuring import drift_of
from heedful.triggers.models import DriftMeasurement, RetrainRule, TriggerFiring
from heedful.triggers.replay import replay
from heedful.triggers.rules import Standing
from heedful.triggers.ruleset import add_rule, change_rule, delete_rule
from heedful.triggers.services import standings

router = Router(tags=["triggers"])
RULES = "/projects/{project_id}/rules"
TESTS: Sequence[tuple[Literal["embeddings", "scores"], Literal["pool", "training"]]] = (
    ("embeddings", "pool"),
    ("scores", "pool"),
    ("embeddings", "training"),
    ("scores", "training"),
)


@router.get(RULES, operation_id="listRules", response={200: RulesOut, 404: ErrorOut}, **needs(Permission.SEE))
def list_rules(request: HttpRequest, project_id: int) -> RulesOut:
    """The rules in the order in which they were added, the kinds there are, and what a run is expected to take."""
    project = project_of(request, project_id)
    expected = [(kind, expected_cost(project, kind)) for kind in TrainingRun.Kind.values]
    return RulesOut(
        rules=_rules_out(project),
        kinds=[_kind_out(kind) for kind in KINDS],
        expected=[
            ExpectedCostOut(run_kind=kind, runs=one.runs, seconds=one.seconds, price=one.price)
            for kind, one in expected
        ],
        training=live_run(project.pk) is not None,
        currency=project.budget.currency,
    )


@router.post(
    RULES,
    operation_id="addRule",
    response={201: RuleOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_SETTINGS),
)
def post_rule(request: HttpRequest, project_id: int, payload: RuleIn) -> Status[RuleOut]:
    project = project_of(request, project_id)
    rule = add_rule(project=project, new=_stated(payload), by=user_of(request))
    request_advance(project.pk)
    return Status(201, _rule_out(project, rule.pk))


@router.put(
    RULES + "/{rule_id}",
    operation_id="changeRule",
    response={200: RuleOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.CHANGE_SETTINGS),
)
def put_rule(request: HttpRequest, project_id: int, rule_id: int, payload: RuleIn) -> RuleOut:
    """The rule as it is to stand, its kind as before."""
    project = project_of(request, project_id)
    change_rule(project=project, rule_id=rule_id, new=_stated(payload), by=user_of(request))
    request_advance(project.pk)
    return _rule_out(project, rule_id)


@router.delete(
    RULES + "/{rule_id}",
    operation_id="deleteRule",
    response={204: None, 404: ErrorOut},
    **needs(Permission.CHANGE_SETTINGS),
)
def remove_rule(request: HttpRequest, project_id: int, rule_id: int) -> Status[None]:
    """Its firings stay in the log."""
    delete_rule(project=project_of(request, project_id), rule_id=rule_id, by=user_of(request))
    return Status(204, None)


@router.post(
    "/projects/{project_id}/dry-run",
    operation_id="dryRunRules",
    response={200: DryRunOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.SEE),
)
def dry_run(request: HttpRequest, project_id: int, payload: DryRunIn) -> DryRunOut:
    """When these rules would have fired, had they stood from the project's first day on. Nothing is changed."""
    project = project_of(request, project_id)
    rules = [_checked(place, one) for place, one in enumerate(payload.rules)]
    found = replay(project, rules)
    return DryRunOut(
        firings=[
            WouldFireOut(
                at=one.at,
                rule=one.rule,
                kind=rules[one.rule].kind,
                run_kind=one.run_kind,
                labels=one.labels,
                sentence=one.sentence,
                expected_seconds=one.expected.seconds,
                expected_price=one.expected.price,
            )
            for one in found.firings
        ],
        since=found.since,
        rules_fired=found.rules_fired,
        by_hand=found.by_hand,
        expected_seconds=found.expected_seconds,
        expected_price=found.expected_price,
        currency=project.budget.currency,
        cut=found.cut,
    )


@router.get(
    "/projects/{project_id}/firings",
    operation_id="listFirings",
    response={200: FiringPage, 404: ErrorOut},
    **needs(Permission.SEE),
)
def list_firings(request: HttpRequest, project_id: int, offset: Offset = 0, limit: Limit = 20) -> FiringPage:
    """Newest first: by rules, and by people."""
    firings = TriggerFiring.objects.filter(run__project=project_of(request, project_id))
    page = firings.select_related("run__snapshot", "run__model").order_by("-pk")[offset : offset + limit]
    return FiringPage(count=firings.count(), items=[_firing_out(one) for one in page])


@router.get(
    "/projects/{project_id}/drift",
    operation_id="listDrift",
    response={200: list[DriftOut], 404: ErrorOut},
    **needs(Permission.SEE),
)
def list_drift(request: HttpRequest, project_id: int) -> list[DriftOut]:
    """Imports that came after the first model, each against the pool before it and the champion's training samples."""
    return [_drift_out(one) for one in drift_of(project_of(request, project_id))]


def _stated(payload: RuleIn) -> NewRule:
    return NewRule(**payload.dict())


def _checked(place: int, payload: RuleIn) -> NewRule:
    try:
        return checked(_stated(payload))
    except InvalidInput as refused:
        raise InvalidInput(f"Rule {place + 1}: {refused.message}", field=f"rules.{place}.{refused.field}") from refused


def _rules_out(project: Project) -> list[RuleOut]:
    counted = project.rules.annotate(count=Count("firings"), last=Max("firings__at")).values_list("pk", "count", "last")
    fired = {pk: (count, last) for pk, count, last in counted}
    return [_out(project, rule, found, *fired[rule.pk]) for rule, found in standings(project)]


def _rule_out(project: Project, rule_id: int) -> RuleOut:
    return next(one for one in _rules_out(project) if one.id == rule_id)


def _out(project: Project, rule: RetrainRule, found: Standing, count: int, last: Any) -> RuleOut:
    return RuleOut(
        id=rule.pk,
        kind=rule.kind,
        title=rule.get_kind_display(),
        run_kind=rule.run_kind,
        parameters=rule.parameters,
        minimum_labels=rule.minimum_labels,
        enabled=rule.enabled,
        described=described(rule.kind, rule.parameters, project.budget.currency),
        due=found.due,
        share=found.share,
        words=found.words,
        new_labels=found.new_labels,
        firings=count,
        fired_at=last,
    )


def _kind_out(kind: str) -> RuleKindOut:
    one = KINDS[kind]
    return RuleKindOut(
        kind=kind,
        title=RetrainRule.Kind(kind).label,
        sentence=one.sentence,
        run_kinds=list(one.run_kinds),
        parameters=[ParameterOut.from_orm(parameter) for parameter in one.parameters],
    )


def _firing_out(firing: TriggerFiring) -> FiringOut:
    run = firing.run
    model = getattr(run, "model", None)
    return FiringOut(
        id=firing.pk,
        at=firing.at,
        kind=firing.kind or None,
        rule_id=firing.rule_id,
        sentence=firing.sentence,
        run_id=run.pk,
        run_kind=run.kind,
        run_state=run.state,
        labels=run.snapshot.count,
        model_number=model.number if model else None,
        expected_seconds=firing.expected_seconds,
        expected_price=firing.expected_price,
        took_seconds=(run.finished_at - run.created_at).total_seconds() if run.finished_at else None,
        error=run.error,
    )


def _drift_out(measured: DriftMeasurement) -> DriftOut:
    body = measured.body
    return DriftOut(
        source_id=measured.source_id,
        name=measured.source.name,
        model_number=measured.model.number,
        measured_at=measured.measured_at,
        new=body.get("new"),
        old=body.get("old"),
        reason=body.get("reason"),
        tests=[
            DriftTestOut(looks_at=looks_at, against=against, **body[f"{looks_at}_{against}"])
            for looks_at, against in TESTS
            if body.get(f"{looks_at}_{against}")
        ],
    )
