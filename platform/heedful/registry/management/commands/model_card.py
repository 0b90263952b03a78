"""The model card of a version as a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from heedful.core.errors import HeedfulError
from heedful.projects.models import Project
from heedful.registry.cards import card_html, card_pdf
from heedful.registry.variants import named_version


class Command(BaseCommand):
    help = "Write the model card of a version, as HTML or PDF by the ending of the file's name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", type=int, help="the project's number, as in its address")
        parser.add_argument("--version-number", type=int, help="the champion's, if none is given")
        parser.add_argument("--output", type=Path, required=True, help="card.html or card.pdf")

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.select_related("budget").filter(pk=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']}.")
        output: Path = options["output"]
        if output.suffix not in (".html", ".pdf"):
            raise CommandError(f"{output}: name it .html or .pdf.")
        try:
            model = named_version(project, options["version_number"])
            content = card_pdf(model) if output.suffix == ".pdf" else card_html(model).encode()
        except HeedfulError as error:
            raise CommandError(error.message) from error
        output.write_bytes(content)
        self.stdout.write(f"{output}: version {model.number} of {project}.")
