"""The demo project: solar-cell inspection, where a missed defect costs twenty times a false alarm."""

from collections.abc import Mapping
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from heedful.accounts.models import User
from heedful.budgets.limits import change_rules
from heedful.budgets.services import NewBudget
from heedful.demo.cells import DEFECTIVE, GOOD, NOTICE, cells, linked
from heedful.pool.models import Source
from heedful.pool.services import add_source
from heedful.projects.models import Project
from heedful.projects.services import NewProject
from heedful.triggers.setup import set_up_project

NAME = "Solar cells"
SEED = 7
FALSE_ALARM, MISSED_DEFECT = Decimal(5), Decimal(100)


def ensure_project() -> tuple[Project, Mapping[str, float]]:
    """The demo's project, made at the first start, and what the experts know: picture name → grade."""
    folder = settings.HEEDFUL_HOME / "demo" / "cells"
    grades = linked(cells(seed=SEED), folder)
    project = Project.objects.filter(simulated_experts=True).first() or _create(str(folder))
    return project, grades


@transaction.atomic
def _create(folder: str) -> Project:
    project = set_up_project(
        new=NewProject(
            name=NAME,
            problem=Project.Problem.IMAGE_CLASSIFICATION,
            backbone="efficientnet-lite0",
            classes=[(GOOD, "#2f9e7a"), (DEFECTIVE, "#d9480f")],
            costs=[[Decimal(0), FALSE_ALARM], [MISSED_DEFECT, Decimal(0)]],
            round_size=24,
            gold_size=200,
            control_share=0.1,
            seed=SEED,
            simulated_experts=True,
            notice=NOTICE,
        ),
        budget=NewBudget(
            currency="USD",
            limit=Decimal(900),
            rate_kind="hourly",
            rate_amount=Decimal(100),
            expected_seconds=36.0,
            cap_seconds=120.0,
        ),
        owner=User.objects.filter(is_superuser=True).earliest("pk"),
    )
    # Times spread as people's do; the rate's cap is limit enough.
    change_rules(project_id=project.pk, overrun_share=2.5)
    add_source(project=project, kind=Source.Kind.FOLDER, name="elpv-dataset", address=folder)
    return project
