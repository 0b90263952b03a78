from datetime import timedelta

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def complete_items(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    items = apps.get_model("acquisition", "QueueItem").objects
    for tier in apps.get_model("projects", "Tier").objects.filter(kind="expert").select_related("project"):
        of_project = items.filter(round__project=tier.project_id)
        of_project.filter(tier=None).update(tier=tier)
        of_project.filter(state="withdrawn", ended_because="").update(ended_because="withdrawn")
        # Counted from now: nobody was told that these would expire.
        expires_at = timezone.now() + timedelta(days=tier.project.item_days)
        of_project.filter(state__in=["reserved", "sent"], expires_at=None).update(expires_at=expires_at)


class Migration(migrations.Migration):
    dependencies = [
        ("acquisition", "0002_tiers_and_endings"),
        ("projects", "0003_existing_projects_have_experts"),
    ]
    operations = [migrations.RunPython(complete_items, migrations.RunPython.noop)]
