from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_existing_projects_have_experts")]
    operations = [
        migrations.AddField("project", "yearly_volume", models.PositiveIntegerField(null=True)),
        migrations.AddField("project", "target_cost", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
    ]
