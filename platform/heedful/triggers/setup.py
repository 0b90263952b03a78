"""A whole new project: classes and costs, money and rate, and the rule that retrains it."""

from django.db import transaction

from heedful.accounts.models import User
from heedful.budgets.services import NewBudget, open_budget
from heedful.projects.models import Project
from heedful.projects.services import NewProject, create_project
from heedful.registry.models import TrainingRun
from heedful.triggers.kinds import NewRule
from heedful.triggers.models import RetrainRule
from heedful.triggers.ruleset import add_rule


@transaction.atomic
def set_up_project(*, new: NewProject, budget: NewBudget, owner: User, labels_to_train: int = 20) -> Project:
    """All or nothing. Raises InvalidInput, which names the field."""
    project = create_project(new=new, owner=owner)
    open_budget(project_id=project.pk, new=budget, by=owner)
    rule = NewRule(RetrainRule.Kind.LABEL_COUNT, TrainingRun.Kind.QUICK, {"labels": labels_to_train})
    add_rule(project=project, new=rule, by=owner)
    return project
