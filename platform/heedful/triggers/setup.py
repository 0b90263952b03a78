"""A whole new project: classes and costs, money and rate, and the rule that retrains it."""

from django.db import transaction

from heedful.accounts.models import User
from heedful.budgets.services import NewBudget, open_budget
from heedful.projects.models import Project
from heedful.projects.services import NewProject, create_project
from heedful.triggers.models import RetrainRule


@transaction.atomic
def set_up_project(*, new: NewProject, budget: NewBudget, owner: User, labels_to_train: int = 20) -> Project:
    """All or nothing. Raises InvalidInput, which names the field."""
    project = create_project(new=new, owner=owner)
    open_budget(project_id=project.pk, new=budget, by=owner)
    RetrainRule.objects.create(project=project, threshold=labels_to_train)
    return project
