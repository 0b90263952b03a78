import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0003_a_label_studio_project_a_tier")]
    operations = [
        migrations.AlterField(
            "labelstudioproject",
            "tier",
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="label_studio", to="projects.tier"
            ),
        ),
        migrations.RemoveField("labelstudioproject", "project"),
    ]
