from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def add_experts(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    projects = apps.get_model("projects", "Project").objects.filter(tiers=None)
    tier = apps.get_model("projects", "Tier")
    tier.objects.bulk_create(tier(project=project, kind="expert") for project in projects)


class Migration(migrations.Migration):
    dependencies = [("projects", "0002_tiers")]
    operations = [migrations.RunPython(add_experts, migrations.RunPython.noop)]
