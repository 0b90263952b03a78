"""Starting a collector: its plan is checked, then it is an import of pictures and a weak source at once."""

import re
from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction

from heedful.accounts.models import User
from heedful.core.errors import InvalidInput
from heedful.pool.models import Source, WeakSource
from heedful.pool.services import add_source
from heedful.pool.weak.collector import ClassRule, Plan
from heedful.pool.weak.labels import ClassNames, Refused
from heedful.pool.weak.pages import check_pattern, check_rule
from heedful.pool.weak.sources import put_source
from heedful.projects.models import Project

MOST_PAGES = 1_000


def check_plan(project: Project, plan: Plan, rules: Sequence[ClassRule]) -> None:
    """Raises InvalidInput."""
    if not plan.pages or len(plan.pages) > MOST_PAGES:
        raise InvalidInput(f"Name 1 to {MOST_PAGES:,} pages.", field="pages")
    if wrong := [page for page in plan.pages if not re.match(r"https?://[^/\s]+", page)]:
        raise InvalidInput(f"{wrong[0]} is no address of a page: http:// or https:// is.", field="pages")
    check_rule(plan.picture, "picture")
    check_rule(plan.label, "label")
    names = ClassNames(project)
    for rule in rules:
        check_pattern(rule.pattern, "rules")
        try:
            names[rule.class_name]
        except Refused as error:
            raise InvalidInput(str(error), field="rules") from error


@transaction.atomic
def add_collector(
    *, project: Project, name: str, claimed_accuracy: float, plan: Plan, rules: Sequence[ClassRule], by: User
) -> WeakSource:
    """Have the pages collected, and labeled by what they say. Raises InvalidInput."""
    check_plan(project, plan, rules)
    if project.weak_sources.filter(name=name).exists():
        raise InvalidInput(f"There is a source named {name} already; choose another name.", field="name")
    source = add_source(project=project, kind=Source.Kind.PAGES, name=name, address=plan.as_text)
    return put_source(
        project=project,
        kind=WeakSource.Kind.COLLECTOR,
        name=name,
        claimed_accuracy=claimed_accuracy,
        how={"source_id": source.pk, **asdict(plan), "rules": [asdict(rule) for rule in rules]},
        by=by,
    )
