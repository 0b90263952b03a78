import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def give_to_experts(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    tier = apps.get_model("projects", "Tier")
    for mirror in apps.get_model("labeling", "LabelStudioProject").objects.filter(tier=None):
        mirror.tier = tier.objects.get(project_id=mirror.project_id, kind="expert")
        mirror.save(update_fields=["tier"])


class Migration(migrations.Migration):
    dependencies = [("labeling", "0002_annotator_tiers"), ("projects", "0003_existing_projects_have_experts")]
    operations = [
        migrations.AddField(
            "labelstudioproject",
            "tier",
            models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="label_studio",
                to="projects.tier",
            ),
        ),
        migrations.RunPython(give_to_experts, migrations.RunPython.noop),
    ]
