"""`manage.py audit_ledger`: proves the ledger from the annotations, and prints whatever differs."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from heedful.labeling.audit import audit
from heedful.projects.models import Project


class Command(BaseCommand):
    help = "Computes every price, charge and reservation again. Ends with 1 if the ledger says anything else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--project", type=int, help="the id of one project; all of them without it")

    def handle(self, *_: Any, **options: Any) -> None:
        projects = Project.objects.order_by("pk")
        if options["project"] is not None:
            projects = projects.filter(pk=options["project"])
            if not projects.exists():
                raise CommandError(f"There is no project {options['project']}.")
        audits = [audit(project_id) for project_id in projects.values_list("pk", flat=True)]
        for one in audits:
            for difference in one.differences:
                self.stdout.write(f"project {one.project_id}, {difference}")
        if any(one.differences for one in audits):
            sys.exit(1)
        entries, annotations = sum(one.entries for one in audits), sum(one.annotations for one in audits)
        self.stdout.write(f"{entries} entries and {annotations} annotations checked: no difference.")
