from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def fix_terms(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Everybody so far was paid as an expert, by the one rate there was."""
    annotators = apps.get_model("labeling", "Annotator").objects
    annotations = apps.get_model("labeling", "Annotation").objects
    ledger = apps.get_model("budgets", "LedgerEntry").objects
    for tier in apps.get_model("projects", "Tier").objects.filter(kind="expert"):
        rate = tier.rates.order_by("effective_from", "pk").first()
        if rate is None:
            continue
        annotators.filter(project=tier.project_id, tier=None, annotations__isnull=False).update(tier=tier)
        for annotation in annotations.filter(project=tier.project_id, rate=None).iterator(chunk_size=500):
            _pay(annotation, tier, rate)
            annotation.save()
            _describe(annotation, ledger)


def _pay(annotation: Any, tier: Any, rate: Any) -> None:
    annotation.tier, annotation.rate, annotation.cap_seconds = tier, rate, rate.cap_seconds
    if not annotation.skipped and annotation.deleted_at is None:
        annotation.paid_seconds = round(min(max(annotation.lead_seconds, 0.0), rate.cap_seconds), 3)
    if annotation.lead_seconds > rate.cap_seconds:
        annotation.timing = "rate_cap"


def _describe(annotation: Any, ledger: Any) -> None:
    """What the first charge was for, as the annotation stands."""
    if annotation.skipped or annotation.deleted_at:
        return
    ledger.filter(annotation=annotation.pk, kind="charge").update(
        labels=1,
        measured_ms=round(max(annotation.lead_seconds, 0.0) * 1000),
        paid_ms=round(annotation.paid_seconds * 1000),
    )


class Migration(migrations.Migration):
    dependencies = [("labeling", "0005_terms_of_answers")]
    operations = [migrations.RunPython(fix_terms, migrations.RunPython.noop)]
