"""`manage.py import_weak_labels`: weak labels of a project from a table on this machine, without the workers."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from heedful.core.errors import HeedfulError
from heedful.pool.models import WeakSource
from heedful.pool.weak.sources import apply_source, keep_source
from heedful.pool.weak.tables import look_into, store_table
from heedful.projects.models import Project

SHOWN = 20


class Command(BaseCommand):
    help = "Imports weak labels from a CSV or Parquet table. The same name again replaces the table."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("project", type=int, help="the id of the project")
        parser.add_argument("table", type=Path)
        parser.add_argument("--name", help="of the source; the file's without it")
        parser.add_argument("--accuracy", type=float, default=0.8, help="how often it is claimed to be right")
        parser.add_argument("--key", help="the column of sample names, content hashes or ids")
        parser.add_argument("--label", help="the column of classes")
        parser.add_argument("--confidence", help="the column of how sure the source is, 0 to 1")
        parser.add_argument("--metadata-key", default="", help="join: what of the samples' metadata the keys are")

    def handle(self, *_: Any, **options: Any) -> None:
        project = Project.objects.filter(pk=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['project']}.")
        try:
            source = self._import(project, options["table"], options)
        except (HeedfulError, OSError) as error:
            raise CommandError(str(error)) from error
        for refusal in source.refusals.order_by("row")[:SHOWN]:
            self.stderr.write(f"row {refusal.row}, {refusal.name}: {refusal.reason}")
        if source.refused > SHOWN:
            self.stderr.write(f"and {source.refused - SHOWN} more")
        self.stdout.write(f"{source.name}: {source.labeled} samples labeled, {source.refused} rows refused.")

    def _import(self, project: Project, table: Path, options: dict[str, Any]) -> WeakSource:
        with table.open("rb") as stream:
            guess = look_into(name=table.name, content=stream).guess
        with table.open("rb") as stream:
            address = store_table(project=project, name=table.name, content=stream)
        source = keep_source(
            project=project,
            kind=WeakSource.Kind.JOIN if options["metadata_key"] else WeakSource.Kind.TABLE,
            name=options["name"] or table.stem,
            claimed_accuracy=options["accuracy"],
            how={
                "address": address,
                "file": table.name,
                "key": options["key"] or guess.key,
                "label": options["label"] or guess.label,
                "confidence": guess.confidence if options["confidence"] is None else options["confidence"],
                "metadata_key": options["metadata_key"],
            },
            by=None,
        )
        return apply_source(source_id=source.pk, on_progress=lambda _done, _total: None)
