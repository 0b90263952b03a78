from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery


def move_rates(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What a project paid is what its experts were paid, from its beginning."""
    cards = apps.get_model("budgets", "RateCard").objects.filter(tier=None, project__isnull=False)
    tiers = apps.get_model("projects", "Tier").objects.filter(kind="expert")
    for card in cards.select_related("project"):
        card.tier = tiers.get(project=card.project_id)
        card.effective_from = card.project.created_at
        card.save()


def grant_limits(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    ledger = apps.get_model("budgets", "LedgerEntry").objects
    for budget in apps.get_model("budgets", "Budget").objects.select_related("project"):
        if not ledger.filter(project=budget.project_id, kind="grant").exists():
            grant = ledger.create(
                project_id=budget.project_id, kind="grant", granted=budget.limit, note="The opening budget."
            )
            ledger.filter(pk=grant.pk).update(at=budget.project.created_at)


def name_tiers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Every entry so far was of the experts."""
    entries = apps.get_model("budgets", "LedgerEntry").objects.filter(item__isnull=False)
    item = apps.get_model("acquisition", "QueueItem").objects.filter(pk=OuterRef("item"))
    annotation = apps.get_model("labeling", "Annotation").objects.filter(pk=OuterRef("annotation"))
    for project in apps.get_model("projects", "Project").objects.all():
        entries.filter(project=project, tier=None).update(
            annotator=Subquery(annotation.values("annotator")), tier=Subquery(item.values("tier"))
        )
        entries.filter(project=project, owed__gt=0, note="").update(note="beyond the budget")


class Migration(migrations.Migration):
    dependencies = [
        ("budgets", "0002_rates_grants_and_allowances"),
        ("projects", "0003_existing_projects_have_experts"),
    ]
    operations = [
        migrations.RunPython(move_rates, migrations.RunPython.noop),
        migrations.RunPython(grant_limits, migrations.RunPython.noop),
        migrations.RunPython(name_tiers, migrations.RunPython.noop),
    ]
